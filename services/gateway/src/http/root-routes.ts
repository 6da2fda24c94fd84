/**
 * The root of the server: people who open it come to their account, or to the sign-in on the way there; programs, and load
 * balancers that look here by themselves, get the addresses of what there is.
 */
import type { Route } from '@latchkey/runtime/http'
import type { Ui } from '@latchkey/ui'

export interface RootRoutesDeps {
  readonly ui: Pick<Ui, 'link'>
  readonly publicUrl: string
}

const documentation = 'https://latchkey.dev/docs'

export const createRootRoutes = ({ ui, publicUrl }: RootRoutesDeps): Route[] => {
  const document = {
    issuer: publicUrl,
    openid_configuration: `${publicUrl}/.well-known/openid-configuration`,
    health: `${publicUrl}/auth/health`,
    account: `${publicUrl}/account`,
    documentation,
  }
  return [
    {
      method: 'GET',
      path: '/',
      handler: (req, res) => {
        // Who takes anything, as scripts do, gets JSON; `no-store` stays, so that no cache gives one the other's.
        res.vary('Accept')
        if (req.accepts(['json', 'html']) === 'html') res.redirect(303, ui.link('/account'))
        else res.json(document)
      },
    },
  ]
}
