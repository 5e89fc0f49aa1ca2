# Both stages stand in the same folder: the installation is an editable one and points to it.

FROM python:3.12-slim AS build
# durable-rules comes as source and is compiled; the image that runs needs no compiler.
RUN apt-get update \
  && apt-get install -y --no-install-recommends gcc libc6-dev make \
  && rm -rf /var/lib/apt/lists/*
WORKDIR /srv/tollgate
COPY . .
RUN make install VENV=/opt/tollgate

FROM python:3.12-slim
ENV PATH=/opt/tollgate/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    TOLLGATE_DATABASE_URL=sqlite:////var/lib/tollgate/tollgate.db
RUN useradd --system --create-home --home-dir /var/lib/tollgate tollgate
WORKDIR /srv/tollgate
COPY --from=build /opt/tollgate /opt/tollgate
COPY LICENSE pyproject.toml ./
COPY app app
COPY rules rules
COPY ratecards ratecards
USER tollgate
VOLUME /var/lib/tollgate

# It listens on loopback until somebody decides otherwise: run it beside a proxy in one network
# namespace (`--network host`, or one pod), or give a command with another host, behind a network
# policy of your own. EXPOSE would promise a port that is not open.
CMD ["tollgate", "serve"]
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s CMD ["python", "-c", \
  "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/health', timeout=4)"]
