FROM python:3.11-slim AS packages
COPY requirements/prod.txt /
RUN python -m venv /venv \
    && /venv/bin/python -m pip install --no-cache-dir --disable-pip-version-check --only-binary :all: --require-hashes \
        --requirement /prod.txt

FROM python:3.11-slim
RUN groupadd --gid 10001 app && useradd --uid 10001 --gid app --no-create-home --shell /usr/sbin/nologin app
ENV PATH=/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    DJANGO_SETTINGS_MODULE=chorus_org.settings.prod \
    BIND_ADDRESS=0.0.0.0
WORKDIR /app
COPY --from=packages /venv /venv
COPY . .
# Settings want an environment to be read at all: none of this is true, none of it stays.
RUN SECRET_KEY=for-the-build-only-0123456789-abcdefghijklmnopqrstuvwxyz ALLOWED_HOSTS=example.org \
    DATABASE_URL=postgresql://app@/app SITE_URL=https://example.org EMAIL_HOST=example.org \
    DEFAULT_FROM_EMAIL=nobody@example.org \
    python manage.py collectstatic --no-input --verbosity 0 \
    && python -m compileall -q . \
    && chmod -R a+rX .
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s CMD ["python", "-c", "import os, urllib.request as http; \
    url = 'http://127.0.0.1:%s/sante/vivant/' % (os.environ.get('PORT') or 8000); \
    host = os.environ['ALLOWED_HOSTS'].split(',')[0].strip().lstrip('.'); \
    http.urlopen(http.Request(url, headers={'Host': host}), timeout=4)"]
CMD ["gunicorn", "-c", "python:chorus_org.gunicorn", "chorus_org.wsgi"]
