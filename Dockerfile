# The base may come from a mirror or be pinned by digest: --build-arg PYTHON_IMAGE=...
ARG PYTHON_IMAGE=python:3.13-slim

FROM ${PYTHON_IMAGE} AS build
WORKDIR /src
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore

# Everything downloaded is checked against a lock; --no-deps keeps pip from adding to it. Without pip in it, the
# environment that is served cannot be added to later either.
COPY requirements-runtime.lock requirements-build.lock ./
RUN python3 -m venv --without-pip /opt/heatmap \
    && python3 -m pip --python /opt/heatmap/bin/python install --no-deps --require-hashes -r requirements-runtime.lock \
    && python3 -m venv /opt/build \
    && /opt/build/bin/pip install --no-deps --require-hashes -r requirements-build.lock

# Last, so that a change of the source does not install the libraries again.
COPY pyproject.toml hatch_build.py README.md LICENSE ./
COPY service ./service
RUN /opt/build/bin/pip wheel --no-deps --no-build-isolation --wheel-dir /dist . \
    && python3 -m pip --python /opt/heatmap/bin/python install --no-deps --no-index /dist/*.whl


FROM ${PYTHON_IMAGE}
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="liquidation-heatmap" \
      org.opencontainers.image.description="Estimates where leveraged crypto positions will be force-closed" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"

COPY --from=build /opt/heatmap /opt/heatmap

# Nothing is written but under /tmp (and the heartbeat in /dev/shm), so the root file system can be read-only.
ENV PATH=/opt/heatmap/bin:$PATH \
    HOME=/tmp \
    TMPDIR=/tmp \
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
