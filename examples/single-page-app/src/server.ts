/** Serves the files of the app and its two libraries as they are. Any static host would do. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'

export interface AppConfig {
  authority: string
  client_id: string
}

const read = (url: string) => readFileSync(fileURLToPath(url), 'utf8')
const publicFile = (name: string) => read(new URL(`../public/${name}`, import.meta.url).href)

/** Only what the app is made of may run, and it may talk to Latchkey alone: tokens are within reach of its scripts. */
const policyFor = (html: string, issuer: string) => {
  const importMap = /<script type="importmap">(.*?)<\/script>/.exec(html)?.[1] ?? ''
  const hash = createHash('sha256').update(importMap).digest('base64')
  return [
    "default-src 'none'",
    `script-src 'self' 'sha256-${hash}'`,
    `connect-src 'self' ${new URL(issuer).origin}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}

export const createAppServer = (config: AppConfig) => {
  const html = publicFile('index.html')
  const script = 'text/javascript; charset=utf-8'
  const files = new Map([
    ['/', { type: 'text/html; charset=utf-8', text: html }],
    ['/app.js', { type: script, text: publicFile('app.js') }],
    ['/libraries/oidc-client-ts.js', { type: script, text: read(import.meta.resolve('oidc-client-ts')) }],
    ['/libraries/jwt-decode.js', { type: script, text: read(import.meta.resolve('jwt-decode')) }],
    ['/config.json', { type: 'application/json', text: JSON.stringify(config) }],
  ])
  const policy = policyFor(html, config.authority)

  return createServer((request, response) => {
    const file = files.get(new URL(request.url ?? '/', 'http://localhost').pathname)
    if (file === undefined) return response.writeHead(404).end()
    return response
      .writeHead(200, {
        'Content-Type': file.type,
        'Content-Security-Policy': policy,
        'Referrer-Policy': 'no-referrer',
      })
      .end(file.text)
  })
}
