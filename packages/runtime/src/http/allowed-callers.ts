/** Lets only named services in. The handshake has proven who calls; this decides whether they may. */
import { peerName } from '../certificates/peer-name.ts'
import { createContext } from '../context/index.ts'
import type { Logger } from '../logger/index.ts'
import { forbidden } from '../problem/index.ts'
import type { HttpApp } from './app.ts'
import { problemMessage } from './problem-message.ts'

/** Answers 403 to a caller whose certificate names none of `allowedCallers`. */
export const onlyFrom =
  (allowedCallers: readonly string[], app: HttpApp, logger: Logger): HttpApp =>
  (req, res) => {
    const caller = peerName(req.socket)
    if (caller !== undefined && allowedCallers.includes(caller)) return app(req, res)
    const { requestId } = createContext({ requestId: req.headers['x-request-id'] })
    logger.warn({ request_id: requestId, caller }, 'caller refused')
    const { headers, body } = problemMessage(
      forbidden('This service may not be called from here', 'CALLER_NOT_ALLOWED'),
      { requestId },
    )
    res.writeHead(403, headers).end(body)
  }
