import gc
import os
from importlib import import_module

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chorus_org.settings.prod")

application = get_wsgi_application()

# What the code is made of lives as long as the process: no collection looks at it again (a tenth of a page’s cost).
import_module(settings.ROOT_URLCONF)
gc.collect()
gc.freeze()
