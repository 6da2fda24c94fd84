/**
 * GET and POST /oauth/userinfo. The access token comes in the header or, by POST, in a form (draft OAuth 2.1 §5.2); in a
 * URL it is refused, even beside a good one. @see OpenID Connect Core §5.3
 */
import { OAuthError } from '@latchkey/oauth'
import { type Request, type Route, readForm, readQuery } from '@latchkey/runtime/http'
import { z } from 'zod'
import type { DpopNonces } from '../dpop/nonces.ts'
import type { ReadUserinfo } from '../usecases/read-userinfo.ts'
import { offeringDpopNonce } from './dpop.ts'

export interface UserinfoRoutesDeps {
  readonly readUserinfo: ReadUserinfo
  readonly dpopNonces: Pick<DpopNonces, 'current'>
}

const parameters = z.object({ access_token: z.string().optional() })

const refuseTokenInUrl = (req: Request): void => {
  if (!req.url.includes('?') || readQuery(req, parameters).access_token === undefined) return
  const description = 'access_token must never be in the URL; send it in the Authorization header'
  throw new OAuthError('invalid_request', description, {
    headers: { 'WWW-Authenticate': `Bearer error="invalid_request", error_description="${description}"` },
  })
}

/** A POST may have no body at all. */
const findFormToken = async (req: Request): Promise<string | undefined> => {
  const isEmpty = req.headers['content-length'] === '0' || req.headers['content-type'] === undefined
  return req.method !== 'POST' || isEmpty ? undefined : (await readForm(req, parameters)).access_token
}

export const createUserinfoRoutes = ({ readUserinfo, dpopNonces }: UserinfoRoutesDeps): readonly Route[] => {
  const handler = offeringDpopNonce(dpopNonces, async (req, res) => {
    refuseTokenInUrl(req)
    const answer = await readUserinfo({
      authorization: req.headersDistinct.authorization,
      formToken: await findFormToken(req),
      proofs: req.headersDistinct.dpop,
      method: req.method,
      path: req.path,
    })
    if (answer.format === 'json') res.json(answer.body)
    else res.setHeader('Content-Type', 'application/jwt').end(answer.body)
  })
  return [
    { method: 'GET', path: '/oauth/userinfo', handler },
    { method: 'POST', path: '/oauth/userinfo', handler },
  ]
}
