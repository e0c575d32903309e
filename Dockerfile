# replayreel with everything that it needs to render: the command line, and the service.
#
#   docker build -t replayreel .
#   docker run --rm -v "$PWD:/work" --user "$(id -u):$(id -g)" --security-opt seccomp=docker/seccomp.json --cap-drop ALL --security-opt no-new-privileges \
#     --shm-size 512m replayreel render session.json.gz -o session.mp4
#
#   docker run -p 8080:8080 -v replays:/data -e REPLAYREEL_API_KEY="$(openssl rand -hex 24)" --security-opt seccomp=docker/seccomp.json --cap-drop ALL \
#     --security-opt no-new-privileges --shm-size 512m --stop-timeout 40 replayreel serve
#
# About the options. A recording is hostile input, so Chromium's own sandbox stays on inside the container too, and that sandbox is made of Linux user
# namespaces. Docker's default seccomp profile forbids those to a process without CAP_SYS_ADMIN, so one of these is needed:
#
#   --security-opt seccomp=docker/seccomp.json  allows them and chroot, and forbids all mounting (scripts/seccomp-profile says where it comes from).
#   --security-opt seccomp=unconfined           lifts the filter; Chromium then puts a stricter one of its own on the processes that meet the recording.
#   --cap-add SYS_ADMIN                         makes Docker's filter allow them too, and puts far more than that within reach. Not without need.
#
# The host has a say too: user namespaces have to be allowed to ordinary users there (sysctl user.max_user_namespaces above 0; Ubuntu 23.10 and later also
# restrict them through AppArmor, see kernel.apparmor_restrict_unprivileged_userns). `replayreel doctor` in the container tells whether the sandbox starts.

# The same toolchain whenever it is built. For an image that can be built again bit by bit give digests instead: --build-arg BUILD_IMAGE=rust@sha256:…
# --build-arg BASE_IMAGE=debian@sha256:… (docker buildx imagetools inspect NAME tells them).
ARG BUILD_IMAGE=rust:1.95.0-bookworm
ARG BASE_IMAGE=debian:bookworm-slim

FROM ${BUILD_IMAGE} AS build
WORKDIR /build
COPY . .
# The caches outlive the layer, the binary does not live in them: it is copied out in the same step.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/build/target \
    cargo build --release --locked --bin replayreel \
    && install -D target/release/replayreel /out/replayreel


FROM ${BASE_IMAGE}
# No versions are pinned here: Debian keeps only the newest Chromium, so a pinned one would stop building with the next security update.
# Whoever needs the same pixels for years keeps the built image, by digest.
# The fonts are for the world's scripts: pages in Chinese, Japanese, Korean, Arabic, Hebrew, Thai, the scripts of India, and emoji. Latin, Greek and
# Cyrillic letters replayreel brings itself.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        ca-certificates \
        chromium-headless-shell \
        chromium-sandbox \
        ffmpeg \
        fonts-noto-cjk \
        fonts-noto-color-emoji \
        fonts-noto-core \
        tini \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --no-create-home --home-dir /tmp --shell /usr/sbin/nologin replayreel \
    && install -d -o replayreel -g replayreel /work /data
COPY --from=build /out/replayreel /usr/local/bin/replayreel
COPY LICENSE-MIT LICENSE-APACHE /usr/share/doc/replayreel/

# By number: an orchestrator that insists on "not root" cannot look names up.
USER 10001:10001
# Chromium wants a home that it can write to, also under a --user that the image has never heard of.
ENV HOME=/tmp \
    REPLAYREEL_DATA=/data \
    REPLAYREEL_LISTEN=0.0.0.0:8080 \
    REPLAYREEL_LOG_FORMAT=json
WORKDIR /work
EXPOSE 8080
# For `serve`. A worker listens to nothing and has none: see docker-compose.yml.
HEALTHCHECK --interval=15s --timeout=10s --start-period=10s --retries=2 CMD ["replayreel", "healthcheck"]
# Chromium's helper processes are orphaned to process 1 when they are killed; tini collects them.
ENTRYPOINT ["tini", "--", "replayreel"]
CMD ["--help"]
