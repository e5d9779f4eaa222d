# The service as an image: `docker build -t placeholder .`, then `docker run --rm -p 8000:8000 -v placeholder:/data placeholder`.
#
# What it keeps lies in /data, and nothing is written elsewhere, so it also runs with
# `--read-only --cap-drop=ALL --security-opt=no-new-privileges`. `docker run … keys create --name NAME` makes an API key.
# Settings are PLACEHOLDER_* variables (`-e`). Arguments after the image's name replace the command:
# `docker run --rm -p 8000:8000 placeholder serve --host 0.0.0.0 --port 8000 --workers 4`. It ends 25 s after SIGTERM at the latest,
# where Docker waits for ten: `docker stop -t 30 NAME`.
#
# Backups go through a pipe: `docker exec NAME placeholder backup - > backup.tar`, and back, while nothing runs on the volume,
# `docker run --rm -i -v placeholder:/data placeholder restore - < backup.tar`.
#
# SQLite is Debian's, 3.46.1, which has a fault that 3.51.3 mends; it takes two connections that write at the same moment, and
# ours take turns (placeholder/db/turns.py).

ARG PYTHON_VERSION=3.13

FROM python:${PYTHON_VERSION}-slim AS builder

ENV PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_ROOT_USER_ACTION=ignore

WORKDIR /src
RUN python -m venv --without-pip /opt/placeholder

# The dependencies alone, in a layer that stays until they change.
COPY pyproject.toml ./
RUN python -c "import tomllib; p = tomllib.load(open('pyproject.toml', 'rb'))['project']; print(*p['dependencies'], *p['optional-dependencies']['fonts'], sep='\n')" \
        > requirements.txt \
    && pip --python /opt/placeholder/bin/python install --no-compile -r requirements.txt

# Bytecode is made here, for the user who runs it may write nothing; and by hash, for a copy may change the times of files.
COPY LICENSE README.md ./
COPY components ./components
COPY placeholder ./placeholder
RUN pip --python /opt/placeholder/bin/python install --no-compile --no-deps . \
    && /opt/placeholder/bin/python -m compileall -q -j 0 --invalidation-mode unchecked-hash /opt/placeholder/lib


FROM python:${PYTHON_VERSION}-slim

LABEL org.opencontainers.image.title="placeholder" \
      org.opencontainers.image.description="Every picture that a page needs before the real one exists: sized placeholders by URL." \
      org.opencontainers.image.licenses="MIT AND OFL-1.1"

RUN groupadd --gid 10001 placeholder \
    && useradd --uid 10001 --gid 10001 --no-log-init --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin placeholder

COPY --from=builder /opt/placeholder /opt/placeholder
ENV PATH=/opt/placeholder/bin:$PATH

RUN install -d -o 10001 -g 10001 -m 0700 /data
ENV PLACEHOLDER_DATA_DIR=/data \
    PLACEHOLDER_REFUSE_SECRET_KEYS_FROM_BROWSERS=true
VOLUME /data

WORKDIR /var/lib/placeholder

# Fails the build where a shared library is missing, and leaves bytecode of what the service takes from Python itself:
# the official images come without any.
RUN python -c "import placeholder.app, placeholder.cli, placeholder.door.serve, uharfbuzz"

ENV PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1

USER 10001:10001
EXPOSE 8000

HEALTHCHECK --interval=30s --timeout=5s --start-period=15s --retries=3 \
    CMD ["python", "-I", "-c", "from http.client import HTTPConnection as C; c = C('127.0.0.1', 8000, timeout=4); c.request('GET', '/healthz'); raise SystemExit(c.getresponse().status != 200)"]

ENTRYPOINT ["placeholder"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8000"]
