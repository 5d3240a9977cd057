import autocannon from 'autocannon'

process.once('message', (options: { url: string; paths: string[]; connections: number; seconds: number; accept: string }) => {
  let next = Math.floor(Math.random() * options.paths.length)
  const instance = autocannon({
    url: options.url,
    connections: options.connections,
    duration: options.seconds,
    requests: [
      {
        method: 'GET',
        headers: { accept: options.accept },
        setupRequest: (request) => ({ ...request, path: options.paths[(next = (next + 1) % options.paths.length)]! }),
      },
    ],
  })
  instance.then(
    (r) =>
      process.send!({ perSecond: r.requests.average, p50: r.latency.p50, p99: r.latency.p99, errors: r.errors + r.timeouts + r.non2xx }),
    (error: unknown) => {
      process.stderr.write(`${String(error)}\n`)
      process.exit(1)
    },
  )
})
