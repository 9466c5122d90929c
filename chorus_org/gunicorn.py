"""How gunicorn serves the site, in production and in the demo.

`gunicorn -c python:chorus_org.gunicorn chorus_org.wsgi`, with PORT (8000), BIND_ADDRESS (127.0.0.1), LOG_LEVEL (info)
and STATEMENT_TIMEOUT (5s: what one query of a page may last).
"""

import os

os.environ.setdefault("STATEMENT_TIMEOUT", "5s")  # read by the settings of the workers: commands have no such limit

bind = f"{os.environ.get('BIND_ADDRESS') or '127.0.0.1'}:{os.environ.get('PORT') or 8000}"
workers = 2
worker_class = "gthread"
threads = 4
max_requests = 10_000
max_requests_jitter = 1_000
timeout = 30
graceful_timeout = 10
accesslog = None  # addresses hold search words
loglevel = os.environ.get("LOG_LEVEL") or "info"
control_socket_disable = True
