/** What `/account/passkeys` shows: the passkeys that there are, the way to another one, and the way to do without a password. */
import {
  alert,
  buttons,
  done,
  field,
  fill,
  form,
  type Html,
  html,
  list,
  paragraph,
  type Ui,
  ways,
} from '@latchkey/ui'
import { type Passkey, signsInAlone } from '../../../domain/passkey.ts'
import { userHandleOf } from '../../../domain/webauthn/user-handle.ts'
import type { FormProblem } from '../form-problem.ts'
import { passkeyForm } from '../passkey-form.ts'
import type { AccountBody, AccountVisit } from './area.ts'
import { dayOf } from './dates.ts'

export const passkeyPaths = {
  page: '/account/passkeys',
  rename: '/account/passkeys/rename',
  remove: '/account/passkeys/remove',
  removePassword: '/account/passkeys/remove-password',
} as const

export interface PasskeyListDeps {
  readonly ui: Ui
  readonly passkeyScript: `/${string}`
  /** Whose passkeys they are: the host of PUBLIC_URL. */
  readonly rpId: string
}

export interface ShownPasskeys {
  readonly passkeys: readonly Passkey[]
  readonly hasPassword: boolean
  /** What the form before this page did. */
  readonly done?: string | undefined
  readonly problem?: FormProblem & { readonly items?: readonly string[] }
}

export const createPasskeyList = ({ ui, passkeyScript, rpId }: PasskeyListDeps) => {
  const entry = (visit: AccountVisit, passkey: Passkey): { term: Html; detail: Html } => {
    const { locale, hiddenFor } = visit
    const { passkeys: words } = visit.words
    const { id, name, createdAt, lastUsedAt, isBackupEligible } = passkey
    const used =
      lastUsedAt === undefined ? words.neverUsed : fill(words.lastUsed, { day: dayOf(locale, lastUsedAt) })
    const facts = [
      isBackupEligible ? words.synced : words.device,
      fill(words.added, { day: dayOf(locale, createdAt) }),
      used,
    ]
    const newName = field({
      name: 'name',
      id: `name_${id}`,
      label: fill(words.renameOne, { name }),
      type: 'text',
      autocomplete: 'off',
      value: name,
    })
    const rename = form({
      action: ui.link(passkeyPaths.rename),
      hidden: { ...hiddenFor(passkeyPaths.rename), passkey_id: id },
      content: html`${newName}${buttons({ label: words.save })}`,
    })
    const remove = form({
      action: ui.link(passkeyPaths.remove),
      hidden: { ...hiddenFor(passkeyPaths.remove), passkey_id: id },
      // Screen readers hear which one.
      content: buttons({ label: fill(words.remove, { name }), other: true }),
    })
    return {
      term: html`<strong>${name}</strong>`,
      detail: html`${facts.join(' · ')}<details><summary>${words.rename}</summary>${rename}</details>${remove}`,
    }
  }

  const addForm = ({ words, hiddenFor }: AccountVisit): Html =>
    passkeyForm({
      action: ui.link(passkeyPaths.page),
      hidden: hiddenFor(passkeyPaths.page),
      words,
      kind: 'create',
      label: words.passkeys.add,
      content: field({
        name: 'name',
        label: words.passkeys.name,
        type: 'text',
        autocomplete: 'off',
        hint: words.passkeys.nameHint,
        optional: true,
      }),
    })

  const passwordForm = ({ words, hiddenFor }: AccountVisit): Html => {
    const { passwordHeading, passwordText, removePassword } = words.passkeys
    const content = buttons({ label: removePassword, other: true })
    const { removePassword: path } = passkeyPaths
    return html`<h2>${passwordHeading}</h2>${paragraph(passwordText)}${form({ action: ui.link(path), hidden: hiddenFor(path), content })}`
  }

  const shown = (
    visit: AccountVisit,
    { passkeys, hasPassword, done: what, problem }: ShownPasskeys,
  ): AccountBody => {
    const { words } = visit
    const told: Readonly<Record<string, string>> = words.passkeys.done
    const doneText = what === undefined ? undefined : told[what]
    // So that what was removed here is not offered there. @see WebAuthn Level 3 §5.1.11.2
    const accepted = JSON.stringify({
      rpId,
      userId: userHandleOf(visit.user.id),
      allAcceptedCredentialIds: passkeys.map(({ credentialId }) => credentialId),
    })
    return {
      title: words.passkeys.label,
      status: problem?.status ?? 200,
      script: ui.link(passkeyScript),
      body: html`${doneText !== undefined && done(doneText)}${problem !== undefined && alert(problem)}${paragraph(words.passkeys.text)}${
        passkeys.length > 0 && list(passkeys.map(passkey => entry(visit, passkey)))
      }<h2>${words.passkeys.addHeading}</h2><p data-without-passkeys>${words.passkeys.withoutScript}</p>${addForm(visit)}${
        hasPassword && passkeys.some(signsInAlone) && passwordForm(visit)
      }<p hidden data-signal-accepted="${accepted}"></p>`,
    }
  }

  /** Once, in the answer to the form that made them: nobody can look at them again. */
  const withCodes = ({ words }: AccountVisit, codes: readonly string[]): AccountBody => ({
    title: words.passkeys.codesHeading,
    body: html`${paragraph(words.passkeys.codesText)}${list(codes.map(code => ({ term: html`<span class="code">${code}</span>` })))}${ways([{ href: ui.link(passkeyPaths.page), label: words.passkeys.codesNext }])}`,
  })

  return { shown, withCodes }
}

export type PasskeyList = ReturnType<typeof createPasskeyList>
