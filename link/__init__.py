"""What travels between the server and its screens, and the one client that keeps it travelling;
and how both ends clean texts and keep a log.
"""
