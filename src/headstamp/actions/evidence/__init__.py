"""What stands before a court: the log handed out, vouched for and stamped; custody; erasure."""
