/**
 * Signs its users in at Latchkey by code and PKCE, without a server of its own. Tokens are renewed by the refresh token
 * before they end; tabs share them.
 */
import { UserManager, WebStorageStateStore } from 'oidc-client-ts'

const element = id => document.getElementById(id)
const { authority, client_id } = await (await fetch('/config.json')).json()

const users = new UserManager({
  authority,
  client_id,
  redirect_uri: `${location.origin}/`,
  post_logout_redirect_uri: `${location.origin}/`,
  scope: 'openid profile email',
  loadUserInfo: true,
  userStore: new WebStorageStateStore({ store: localStorage }),
  automaticSilentRenew: true,
})

const show = user => {
  element('status').textContent = user ? `Signed in as ${user.profile.name}` : 'Signed out'
  element('sign-in').hidden = Boolean(user)
  element('renew').hidden = !user
  element('sign-out').hidden = !user
}

const showProblem = error => {
  element('status').textContent = `This did not work: ${error.message}`
}

/** The answer of Latchkey is in the address: taken, and taken away from the history. */
const finishSignIn = async () => {
  const answer = new URLSearchParams(location.search)
  if (!answer.has('state')) return
  history.replaceState(null, '', '/')
  if (answer.has('code') || answer.has('error'))
    await users.signinRedirectCallback(`${location.origin}/?${answer}`)
}

const problem = await finishSignIn().catch(error => error)
const user = await users.getUser()
show(user?.expired === false ? user : null)
if (problem) showProblem(problem)

// From here on, new tokens are renewed ones.
let renewals = 0
users.events.addUserLoaded(renewed => {
  renewals += 1
  element('renewals').textContent = String(renewals)
  show(renewed)
})
users.events.addUserUnloaded(() => show(null))
users.events.addSilentRenewError(showProblem)

element('sign-in').addEventListener('click', () => users.signinRedirect().catch(showProblem))
element('renew').addEventListener('click', () => users.signinSilent().catch(showProblem))
element('sign-out').addEventListener('click', () => users.signoutRedirect().catch(showProblem))
