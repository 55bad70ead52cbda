"""Two versions of a whole contract, and what the change from one to the other breaks."""
