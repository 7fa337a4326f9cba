"""What a person does to a case, one function for each act.

An act checks the permission, does its work in one transaction of the store,
which writes the log entry with it, and returns a result. Permission is decided
here and nowhere else, so that the pages and the command line agree.
"""
