// The health check of a service's container: does the process in it say that it is ready?
const port = process.env.MANAGEMENT_PORT || '9090'
const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined)
process.exit(answer?.ok ? 0 : 1)
