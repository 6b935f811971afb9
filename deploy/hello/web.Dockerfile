# Made by Escale; changes are lost. Make it again: escale render dockerfile systems/hello
# hello/web: docker build --file deploy/hello/web.Dockerfile . (in the top of the repository)

ARG NODE_IMAGE=node:26-trixie

FROM ${NODE_IMAGE} AS packages
COPY ["package.json","/app/package.json"]
COPY ["package-lock.json","/app/package-lock.json"]
COPY ["dashboard/package.json","/app/dashboard/package.json"]
COPY ["systems/hello/package.json","/app/systems/hello/package.json"]
COPY ["systems/tasks/api/package.json","/app/systems/tasks/api/package.json"]
COPY ["systems/tasks/weather/package.json","/app/systems/tasks/weather/package.json"]
COPY ["systems/tasks/web/package.json","/app/systems/tasks/web/package.json"]
COPY ["systems/tweetoscope/package.json","/app/systems/tweetoscope/package.json"]
WORKDIR /app
RUN ["npm","ci","--omit=dev","--workspace","systems/hello","--no-audit","--no-fund"]

FROM ${NODE_IMAGE}-slim
ARG REVISION=unknown
ARG SOURCE=unknown
LABEL org.opencontainers.image.title="hello/web"
LABEL org.opencontainers.image.revision=$REVISION
LABEL org.opencontainers.image.source=$SOURCE
ENV HOST=0.0.0.0 PORT=8000 HOME=/tmp
ENV NODE_ENV=production
COPY --from=packages ["/app/","/app/"]
COPY ["systems/hello/","/app/systems/hello/"]
WORKDIR /app/systems/hello
USER 1000:1000
EXPOSE 8000
CMD ["node","server.ts"]
