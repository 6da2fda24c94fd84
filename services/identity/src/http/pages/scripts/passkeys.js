/**
 * Passkeys in our pages: the one script that they have. A form that is for a passkey is hidden until this script shows it,
 * so that nobody is offered what their browser can't do. Posted without a credential, a form is answered with the question
 * for the authenticator; with the answer in its field, it is sent as every other form is.
 *
 * Written as browsers run it. @see WebAuthn Level 3 §5.1.8, §5.1.9, §5.1.11
 */

const toBytes = text => {
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
  return Uint8Array.from(binary, character => character.charCodeAt(0))
}

const toText = buffer =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')

const withIds = descriptors => (descriptors ?? []).map(each => ({ ...each, id: toBytes(each.id) }))

// Browsers before 2025 don't do this themselves.
const parseCreation = json =>
  PublicKeyCredential.parseCreationOptionsFromJSON?.(json) ?? {
    ...json,
    challenge: toBytes(json.challenge),
    user: { ...json.user, id: toBytes(json.user.id) },
    excludeCredentials: withIds(json.excludeCredentials),
  }

const parseRequest = json =>
  PublicKeyCredential.parseRequestOptionsFromJSON?.(json) ?? {
    ...json,
    challenge: toBytes(json.challenge),
    allowCredentials: withIds(json.allowCredentials),
  }

const responseMembers = [
  'clientDataJSON',
  'attestationObject',
  'authenticatorData',
  'signature',
  'userHandle',
]

const toJson = credential => {
  if (credential.toJSON !== undefined) return credential.toJSON()
  const { id, rawId, type, response } = credential
  const members = responseMembers.filter(name => response[name])
  return {
    id,
    rawId: toText(rawId),
    type,
    clientExtensionResults: credential.getClientExtensionResults(),
    response: {
      ...Object.fromEntries(members.map(name => [name, toText(response[name])])),
      transports: response.getTransports?.() ?? [],
    },
  }
}

/** What the server asks; undefined where the way leads to another page first. */
const ask = async form => {
  const headers = { Accept: 'application/json' }
  const answer = await fetch(form.action, {
    method: 'POST',
    body: new URLSearchParams(new FormData(form)),
    headers,
  })
  if (answer.redirected) return void location.assign(answer.url)
  if (!answer.ok) throw new Error(String(answer.status))
  return answer.json()
}

/** The browser's autofill waits for as long as the page is open; a button that is pressed takes its place. */
let waiting = new AbortController()

const perform = async (form, mediation) => {
  // A page that the browser brought back has an answer from before.
  form.elements.credential.value = ''
  const options = await ask(form)
  if (options === undefined) return undefined
  waiting.abort()
  waiting = new AbortController()
  const { signal } = waiting
  return form.dataset.passkey === 'create'
    ? navigator.credentials.create({ publicKey: parseCreation(options), signal })
    : navigator.credentials.get({ publicKey: parseRequest(options), signal, ...(mediation && { mediation }) })
}

const send = (form, credential) => {
  // The boxes of the page's other form count for this one.
  for (const box of document.querySelectorAll('#remember_me, #remember_device'))
    if (form.elements[box.name]) form.elements[box.name].value = String(box.checked)
  form.elements.credential.value = JSON.stringify(toJson(credential))
  form.submit()
}

const say = (form, text) => {
  const alert = form.querySelector('[role=alert]')
  alert.hidden = text === ''
  alert.textContent = text
}

const run = async (form, mediation) => {
  try {
    const credential = await perform(form, mediation)
    if (credential) send(form, credential)
  } catch (error) {
    // Another try has taken its place; and who never asked for anything is told nothing.
    if (error.name === 'AbortError' || mediation !== undefined) return
    say(form, error.name === 'InvalidStateError' ? form.dataset.exists : form.dataset.failed)
  }
}

const start = async form => {
  form.hidden = false
  form.addEventListener('submit', event => {
    event.preventDefault()
    say(form, '')
    void run(form)
  })
  if (form.dataset.autofill === undefined) return
  if (await PublicKeyCredential.isConditionalMediationAvailable?.()) void run(form, 'conditional')
}

/** Says to the browser's passkeys which of them are none any more, where it wants to know. */
const signal = async ({ signalUnknown, signalAccepted }) => {
  if (signalUnknown) await PublicKeyCredential.signalUnknownCredential?.(JSON.parse(signalUnknown))
  if (signalAccepted) await PublicKeyCredential.signalAllAcceptedCredentials?.(JSON.parse(signalAccepted))
}

if (window.PublicKeyCredential !== undefined) {
  for (const form of document.querySelectorAll('form[data-passkey]')) void start(form)
  for (const hidden of document.querySelectorAll('[data-without-passkeys]')) hidden.hidden = true
  // A nicety: a browser that refuses is no worse off.
  for (const { dataset } of document.querySelectorAll('[data-signal-unknown], [data-signal-accepted]'))
    signal(dataset).catch(() => undefined)
}
