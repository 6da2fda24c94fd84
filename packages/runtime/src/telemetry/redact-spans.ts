/**
 * Keeps secrets out of traces. Query strings carry codes, states and tokens, so they are cut off; a token that
 * somebody put into a path is taken out; all other text goes through the rules of the logs.
 */
import type { Attributes, AttributeValue } from '@opentelemetry/api'
import type { NodeSDKConfiguration } from '@opentelemetry/sdk-node'
import { isUuid } from '../ids/index.ts'
import { redactText } from '../logger/index.ts'
import { redacted } from '../logger/redact.ts'

type SpanExporter = NodeSDKConfiguration['traceExporter']
type Span = Parameters<SpanExporter['export']>[0][number]

/** An exporter that hands redacted views of spans to `exporter`. */
export const redactSpans = (exporter: SpanExporter): SpanExporter => ({
  export: (spans, done) => exporter.export(spans.map(redactSpan), done),
  shutdown: () => exporter.shutdown(),
  forceFlush: async () => exporter.forceFlush?.(),
})

const redactSpan = (span: Span): Span => {
  const { message } = span.status
  const events = span.events.map(event =>
    event.attributes === undefined ? event : { ...event, attributes: redactAttributes(event.attributes) },
  )
  return Object.create(span, {
    attributes: { value: redactAttributes(span.attributes) },
    events: { value: events },
    status: { value: message === undefined ? span.status : { ...span.status, message: redactText(message) } },
  })
}

const urls = new Set(['url.full', 'http.url', 'http.target', 'url.path'])

const redactAttributes = (attributes: Attributes): Attributes => {
  const safe: Attributes = {}
  for (const [name, value] of Object.entries(attributes)) {
    if (name === 'url.query' || value === undefined) continue
    safe[name] = urls.has(name) ? redactUrl(String(value)) : redactValue(value)
  }
  return safe
}

// Sixteen random bytes and more. Words of that length have no digits; ids are wanted.
const isTokenLike = (segment: string): boolean =>
  /^(?:(?=.*\d)[\w~=-]{22,}|[\w~=-]{40,})$/.test(segment) && !isUuid(segment)

const redactUrl = (url: string): string =>
  redactText(url.split('?', 1)[0] ?? '')
    .split('/')
    .map(segment => (isTokenLike(segment) ? redacted : segment))
    .join('/')

const redactValue = (value: AttributeValue): AttributeValue =>
  typeof value === 'string' ? redactText(value) : value
