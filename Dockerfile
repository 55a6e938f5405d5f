# docker build --build-arg GIT_HASH=$(git rev-parse HEAD) --build-arg CREATED=$(date -u +%FT%TZ) -t ostiary .
FROM node:24-bookworm-slim AS build
WORKDIR /ostiary
COPY package.json package-lock.json ./
RUN npm ci
COPY . .
# What `ostiary version` tells.
ARG GIT_HASH
ARG SOURCE_DATE_EPOCH
RUN npm run build && node scripts/image/assemble.mjs /image

# The Debian that the program was built on, without npm. Node.js comes with /image.
FROM debian:bookworm-slim
ARG GIT_HASH
ARG CREATED
LABEL org.opencontainers.image.title="Ostiary" \
      org.opencontainers.image.description="OAuth 2.0 authorization server and OpenID Connect provider, headless and wire-compatible with Ory Hydra" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.revision="$GIT_HASH" \
      org.opencontainers.image.created="$CREATED"
ENV NODE_ENV=production
COPY --from=build /image/ /
WORKDIR /ostiary
USER 65534:65534
EXPOSE 4444 4445
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s CMD ["node", "/ostiary/health.mjs"]
# One process uses one core. Where a container has several: SERVE_WORKERS, the number that it may use.
ENTRYPOINT ["ostiary"]
CMD ["serve", "all"]
