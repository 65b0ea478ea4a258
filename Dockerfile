FROM python:3.12-slim

ENV PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUTF8=1 \
    PYPINYIN_NO_PHRASES=1 \
    PRODUCTION=True \
    DATA_DIR=/data \
    STATIC_ROOT=/srv/static

WORKDIR /srv/portal
COPY requirements.txt .
RUN pip install --no-cache-dir --require-hashes --only-binary :all: --requirement requirements.txt

COPY . .
# The keys here are for this one command: it collects files and serves nobody.
RUN SECRET_KEY=build FIELD_KEYS=1:YnVpbGQtYnVpbGQtYnVpbGQtYnVpbGQtYnVpbGQhISE= ALLOWED_HOSTS=build \
    python manage.py collectstatic --no-input

RUN useradd --system --uid 10001 --home-dir /data portal \
    && install --directory --owner portal --group portal --mode 0700 /data
USER portal
VOLUME /data
EXPOSE 8000

# The house rules are system checks: a portal that breaks one does not serve.
CMD ["sh", "-c", "python manage.py check --deploy && exec gunicorn partybuild.wsgi:application --bind 0.0.0.0:8000 --workers 3 --threads 4 --no-control-socket --worker-tmp-dir /dev/shm"]
