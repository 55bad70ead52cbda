"""What those ask who look after a bus."""
