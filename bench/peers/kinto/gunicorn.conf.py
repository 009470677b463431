"""The web server under Kinto: as many workers as the machine that is measured has cores, and threads to wait in."""

wsgi_app = "app:application"
workers = 2
worker_class = "gthread"
threads = 8
keepalive = 75
# Without this one worker takes most of the connections, and the other's clients are done long before.
reuse_port = True
# It would lie in the home of whoever measures.
control_socket_disable = True
