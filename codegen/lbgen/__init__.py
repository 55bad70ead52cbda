"""The compiler and the command line of lbgen."""
