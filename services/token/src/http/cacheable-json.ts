/** A public document that caches may keep: strong ETag, conditional requests. */
import { createHash } from 'node:crypto'
import type { Handler } from '@latchkey/runtime/http'

export interface CacheableDocument {
  readonly contentType: string
  readonly maxAgeSeconds: number
  /** The document now. */
  readonly read: () => unknown
}

const etagOf = (body: string) => `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`

/** Whether a cache's copy is this one; `W/` does not matter here. @see RFC 9110 §13.1.2 */
const isFresh = (ifNoneMatch: string | undefined, etag: string) =>
  ifNoneMatch !== undefined &&
  (ifNoneMatch.trim() === '*' ||
    ifNoneMatch.split(',').some(candidate => candidate.trim().replace(/^W\//, '') === etag))

export const serveCacheableJson =
  ({ contentType, maxAgeSeconds, read }: CacheableDocument): Handler =>
  (req, res) => {
    const body = JSON.stringify(read())
    const etag = etagOf(body)
    res.setHeader('Cache-Control', `public, max-age=${maxAgeSeconds}`)
    res.setHeader('ETag', etag)
    if (isFresh(req.headers['if-none-match'], etag)) {
      res.status(304).end()
      return
    }
    res.setHeader('Content-Type', contentType)
    res.setHeader('Content-Length', Buffer.byteLength(body))
    res.end(req.method === 'HEAD' ? undefined : body)
  }
