/**
 * The request and the answer that handlers see: node's own, made by the server in the first place, with the few words
 * that handlers use besides. Nothing is parsed, negotiated or guessed that no handler asks for.
 */
import { IncomingMessage, type Server, ServerResponse } from 'node:http'
import { badRequest } from '../problem/index.ts'
import { preferredType } from './preferred-type.ts'

export class Request extends IncomingMessage {
  /** A server's requests always have them. */
  declare method: string
  declare url: string

  /** The parameters of the route's pattern, decoded. */
  params: Readonly<Record<string, string>> = {}

  /** One header, several of a name joined as node joins them. */
  get(name: string): string | undefined {
    const value = this.headers[name.toLowerCase()]
    return Array.isArray(value) ? value.join(', ') : value
  }

  /** Every value of one header as it was sent, for those of which node keeps the first or joins them. */
  valuesOf(name: string): readonly string[] {
    const values: string[] = []
    for (let index = 0; index < this.rawHeaders.length; index += 2) {
      const candidate = this.rawHeaders[index] ?? ''
      if (candidate.length === name.length && candidate.toLowerCase() === name)
        values.push(this.rawHeaders[index + 1] ?? '')
    }
    return values
  }

  /** The path alone, as it was sent; also of a target that is a whole URL. @see RFC 9112 §3.2.2 */
  get path(): string {
    const { url } = this
    if (!url.startsWith('/') && URL.canParse(url)) return new URL(url).pathname
    const end = url.search(/[?#]/)
    return end < 0 ? url : url.slice(0, end)
  }

  /** Which of `extensions` (`json`, `html`) the client would rather have; undefined where it takes none of them. */
  accepts<const Extension extends keyof typeof mediaTypes>(
    extensions: readonly Extension[],
  ): Extension | undefined {
    const wanted = preferredType(
      this.headers.accept,
      extensions.map(extension => mediaTypes[extension].split(';', 1)[0] ?? ''),
    )
    return wanted === undefined ? undefined : extensions[wanted]
  }
}

const mediaTypes = {
  html: 'text/html; charset=utf-8',
  json: 'application/json; charset=utf-8',
} as const

// Node, and so our gateway, takes no more than 16 KiB for all headers of an answer: a longer one would pass for none, and its
// service for one that is away.
const longestRedirect = 14_336

export class Response extends ServerResponse<Request> {
  /** The pattern of the route that answers, for logs and metrics. */
  route: string | undefined

  status(statusCode: number): this {
    this.statusCode = statusCode
    return this
  }

  set(name: string, value: string): this
  set(headers: Readonly<Record<string, string>>): this
  set(first: string | Readonly<Record<string, string>>, value = ''): this {
    if (typeof first === 'string') return this.setHeader(first, value)
    for (const name in first) this.setHeader(name, first[name] ?? '')
    return this
  }

  /** Adds a value to a header that may have several, such as Set-Cookie. */
  append(name: string, value: string): this {
    return this.appendHeader(name, value)
  }

  /** Says that the answer depends on a header of the request. @see RFC 9110 §12.5.5 */
  vary(field: string): this {
    const fields = String(this.getHeader('Vary') ?? '')
    const known = fields.split(',').some(each => each.trim().toLowerCase() === field.toLowerCase())
    return known ? this : this.setHeader('Vary', fields === '' ? field : `${fields}, ${field}`)
  }

  type(extension: keyof typeof mediaTypes): this {
    return this.setHeader('Content-Type', mediaTypes[extension])
  }

  /** Ends the answer with a body of which the length is known. */
  send(body: string | Uint8Array): void {
    const bytes = typeof body === 'string' ? Buffer.from(body) : body
    this.setHeader('Content-Length', bytes.length)
    this.end(bytes)
  }

  json(value: unknown): void {
    this.type('json').send(JSON.stringify(value))
  }

  /**
   * @param location an absolute URL, or a path of ours; what no URL may hold is percent-encoded
   * @throws Problem 400 `REDIRECT_TOO_LONG`
   */
  redirect(statusCode: number, location: string): void {
    const url = location.toWellFormed().replace(/[^\x21-\x7e]/gu, encodeURIComponent)
    if (url.length > longestRedirect)
      throw badRequest('What was sent is too long to go on in a URL', 'REDIRECT_TOO_LONG')
    this.status(statusCode).setHeader('Location', url).setHeader('Content-Length', 0).end()
  }
}

/** A server, plain or TLS, whose requests and answers are these. */
export type HttpServer = Server<typeof Request, typeof Response>
