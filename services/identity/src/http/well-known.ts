/**
 * Where password managers lead people: to another password, and to their passkeys.
 *
 * @see W3C A Well-Known URL for Changing Passwords; W3C A Well-Known URL for Relying Party Passkey Endpoints
 */
import type { Route } from '@latchkey/runtime/http'
import type { Ui } from '@latchkey/ui'

export interface WellKnownRoutesDeps {
  readonly ui: Pick<Ui, 'link'>
  readonly publicUrl: string
}

const daySeconds = 86_400

export const createWellKnownRoutes = ({ ui, publicUrl }: WellKnownRoutesDeps): readonly Route[] => {
  const { origin } = new URL(publicUrl)
  const passkeys = origin + ui.link('/account/passkeys')
  return [
    {
      method: 'GET',
      path: '/.well-known/passkey-endpoints',
      handler: (_req, res) => {
        res.set('Cache-Control', `public, max-age=${daySeconds}`).json({ enroll: passkeys, manage: passkeys })
      },
    },
    {
      method: 'GET',
      path: '/.well-known/change-password',
      handler: (_req, res) => res.redirect(303, ui.link('/account/password')),
    },
  ]
}
