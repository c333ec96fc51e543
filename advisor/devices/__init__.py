"""Devices: a bundle of artifacts made here, the session that measures it there, and the way of one to the other."""
