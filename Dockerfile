# The base may come from a mirror or be pinned by digest: --build-arg PYTHON_IMAGE=...
ARG PYTHON_IMAGE=python:3.13-slim

FROM ${PYTHON_IMAGE} AS build
# The time that every file is given: two builds of the same source are the same, byte for byte.
ARG SOURCE_DATE_EPOCH=1767225600
# A set is compiled in the order of its hashes, and a zip holds the times of its files.
ENV SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH} \
    PYTHONHASHSEED=0 \
    PYTHONDONTWRITEBYTECODE=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_ROOT_USER_ACTION=ignore
# nginx is the proxy of the chart's pods. Of the distribution and not of a version, for its repairs are wanted.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends binutils nginx \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /src

# Everything downloaded is checked against a lock; --no-deps keeps pip from adding to it. Without pip in it, the
# environment that is served cannot be added to later either.
COPY requirements-runtime.lock requirements-build.lock ./
RUN python3 -m venv --without-pip /opt/heatmap \
    && python3 -m pip --python /opt/heatmap/bin/python install --no-compile --no-deps --require-hashes \
        -r requirements-runtime.lock \
    && python3 -m venv /opt/build \
    && /opt/build/bin/pip install --no-deps --require-hashes -r requirements-build.lock

# What is never imported goes: ccxt's other clients and what only they need, tests, maps of scripts, symbols of debuggers.
# What stays is compiled once, for nothing can be written where it runs, and is not checked against its source again.
RUN python3 -m pip --python /opt/heatmap/bin/python uninstall --yes \
        aiohttp aiohttp-fast-zlib aiohappyeyeballs aiosignal coincurve frozenlist multidict propcache uvloop yarl \
    && rm -rf /opt/heatmap/lib/python*/site-packages/ccxt/async_support \
        /opt/heatmap/lib/python*/site-packages/ccxt/pro \
        /opt/heatmap/lib/python*/site-packages/ccxt/test \
    && find /opt/heatmap -depth -type d -name tests -exec rm -rf {} + \
    && find /opt/heatmap -name '*.map' -delete \
    && strip --strip-unneeded /opt/heatmap/lib/python*/site-packages/zstandard/*.so \
    && python3 -m compileall -q --invalidation-mode unchecked-hash /opt/heatmap/lib

# Of the system only what is loaded: no shell, no package tools, nothing setuid.
COPY image/system_files.py ./
RUN python3 system_files.py /system /usr/sbin/nginx \
    && python3 -m compileall -q --invalidation-mode unchecked-hash -s /system /system \
    && find /system /opt/heatmap -exec touch --no-dereference --date "@${SOURCE_DATE_EPOCH}" {} +

# Last, so that a change of the source does not install the libraries again: it makes a layer of its own.
COPY pyproject.toml hatch_build.py README.md LICENSE ./
COPY service ./service
RUN /opt/build/bin/pip wheel --no-deps --no-build-isolation --wheel-dir /dist . \
    && python3 -m pip --python /opt/heatmap/bin/python install --root /source --no-compile --no-deps --no-index /dist/*.whl \
    && python3 -m compileall -q --invalidation-mode unchecked-hash -s /source /source \
    && find /source -exec touch --no-dereference --date "@${SOURCE_DATE_EPOCH}" {} +


FROM scratch
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="liquidation-heatmap" \
      org.opencontainers.image.description="Estimates where leveraged crypto positions will be force-closed" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"

COPY --from=build /system /
COPY --from=build /opt/heatmap /opt/heatmap
COPY --from=build /source /

# Nothing is written but under /tmp (and the heartbeat in /dev/shm), so the root file system can be read-only. Two arenas
# and not eight a processor: threads that come and go would each keep what they once needed.
ENV PATH=/opt/heatmap/bin:/usr/local/bin:/usr/sbin:/usr/bin \
    LANG=C.UTF-8 \
    HOME=/tmp \
    TMPDIR=/tmp \
    MALLOC_ARENA_MAX=2 \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    LH_BIND=0.0.0.0:8080

# By number, because Kubernetes cannot tell from a name that it is not root.
USER 10001:10001
# Python looks for modules in the working directory first, so it must not be one that can be written.
WORKDIR /opt/heatmap
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 CMD ["python", "-m", "service.ops.healthcheck"]
CMD ["gunicorn", "--config", "python:service.ops.gunicorn", "service.app:create_app_from_environment()"]
