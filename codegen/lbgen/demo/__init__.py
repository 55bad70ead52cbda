"""`lbgen demo`: the main job in front of the user, on a server of its own."""
