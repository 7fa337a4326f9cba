"""Publish: one module for each output, each made from what may be shown and nothing else.

An output is a pure function of the records it is given and of the checkpoint
they belong to: twice from the same checkpoint gives the same bytes.
"""
