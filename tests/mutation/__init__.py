"""Mutation tests of the rules, checks and layout: which small mistakes in the code do the tests catch?"""
