/** An API with two resources: one for every good access token, one for tokens that are bound to a key alone. */
import { type AccessError, claimsOf, createDPoP, createTokenVerifier, requireBearer } from '@latchkey/sdk'
import express from 'express'

export interface AppOptions {
  /** Whose tokens are accepted. */
  issuer: string
  /** What tokens must be for, and where clients find this API. */
  audience: string
}

export const createApp = ({ issuer, audience }: AppOptions) => {
  const verifier = createTokenVerifier({ issuer, audience })
  const dpop = createDPoP({ origin: audience })
  // Clients are told little; why exactly is for the log.
  const onRefused = (error: AccessError) =>
    console.log(`refused: ${error.code}`, 'reason' in error ? `(${error.reason})` : '')
  const app = express()

  app.get('/orders', requireBearer(verifier, { dpop, onRefused }), (request, response) => {
    const { sub, client_id } = claimsOf(request)
    response.json({ orders: ['books', 'tea'], subject: sub, client: client_id })
  })

  // A stolen token opens nothing here: each request shows that its sender has the key.
  app.get('/payments', requireBearer(verifier, { dpop, dpopOnly: true, onRefused }), (request, response) => {
    response.json({ payments: [42], subject: claimsOf(request).sub })
  })

  return app
}
