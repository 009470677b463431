"""Kinto for a web server that takes a WSGI application; KINTO_INI names its settings."""

import os

from pyramid.paster import get_app, setup_logging

settings = os.environ["KINTO_INI"]
setup_logging(settings)
application = get_app(settings)
