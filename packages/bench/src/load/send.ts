/** What a lane does again and again. */
import { createHash, randomBytes, randomUUID } from 'node:crypto'
import type { Exchange } from './exchange.ts'
import type { Lane } from './protocol.ts'

export type Send = () => Promise<void>

type LaneOf<Kind extends Lane['kind']> = Extract<Lane, { readonly kind: Kind }>

export const createSend = (lane: Lane, exchange: Exchange): Send => {
  switch (lane.kind) {
    case 'get': {
      const headers = lane.accessToken === undefined ? {} : { authorization: `Bearer ${lane.accessToken}` }
      return async () => void (await exchange.get(lane.path, headers))
    }
    case 'post': {
      const headers = lane.cookie === undefined ? {} : { cookie: lane.cookie }
      return async () => void (await exchange.postJson(lane.path, lane.body, headers))
    }
    case 'form':
      return async () => void (await exchange.postForm(lane.path, lane.form, lane.basic))
    case 'bad_login':
      return () => exchange.refused('/auth/login', badLogin())
    case 'refresh':
      return refreshing(lane.refreshToken, token =>
        exchange.postJson('/auth/refresh', { refresh_token: token }),
      )
    case 'oauth_refresh':
      return refreshing(lane.refreshToken, token =>
        exchange.postForm(lane.path, {
          grant_type: 'refresh_token',
          client_id: lane.clientId,
          refresh_token: token,
        }),
      )
    case 'code_flow':
      return codeFlow(lane, exchange)
  }
}

const badLogin = () => ({ email: `storm-${randomUUID()}@example.com`, password: 'Wrong.Horse.7' })

const refreshing = (first: string, refresh: (token: string) => Promise<{ text: string }>): Send => {
  let refreshToken = first
  return async () => {
    refreshToken = JSON.parse((await refresh(refreshToken)).text).refresh_token
  }
}

const codeFlow =
  (
    { authorizePath, tokenPath, clientId, redirectUri, cookie }: LaneOf<'code_flow'>,
    exchange: Exchange,
  ): Send =>
  async () => {
    const verifier = randomBytes(32).toString('base64url')
    const query = new URLSearchParams({
      response_type: 'code',
      client_id: clientId,
      redirect_uri: redirectUri,
      scope: 'openid',
      state: 'bench',
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
    })
    const { location } = await exchange.redirected(`${authorizePath}?${query}`, { cookie })
    const code = URL.canParse(location) ? new URL(location).searchParams.get('code') : null
    if (code === null) throw new Error(`no code came back, but ${location}`)
    await exchange.postForm(tokenPath, {
      grant_type: 'authorization_code',
      client_id: clientId,
      redirect_uri: redirectUri,
      code,
      code_verifier: verifier,
    })
  }
