/**
 * Sees every sign-in and changes none: how many succeed, by which way, and whether from one network somebody tries ever new
 * accounts. The answer does not wait for it.
 *
 * What counts against a network is a try at something of ours: a password, a code of a mail, a passkey. A link of a mail is
 * too long to be guessed, and an old one is pressed by honest people; what a provider refuses was never tried here.
 */
import type { EmailKey } from '../domain/email-address.ts'
import { countedAddress } from '../domain/mail-quota.ts'
import type { Origin } from '../domain/sign-in.ts'
import {
  type FailedSignIn,
  type Place,
  type PressureAfterFailure,
  stuffingAccounts,
} from '../domain/sign-in-pressure.ts'
import type { AdmitExternalUser } from './admit-external-user.ts'
import type { SignInUser } from './sign-in.ts'
import type { SignInByEmail } from './sign-in-by-email.ts'
import type { SignInWithPasskey } from './sign-in-with-passkey.ts'

type Cidrs = Parameters<typeof countedAddress>[1]

export type SignInWay = 'password' | 'passkey' | 'email_code' | 'email_link' | 'provider'

export interface WatchSignInsDeps {
  readonly pressure: { note(failed: FailedSignIn): Promise<PressureAfterFailure> }
  /** Networks that no limit applies to. */
  readonly allowlist: Cidrs
  readonly observe: (way: SignInWay, outcome: string) => void
  /** From this network, so many accounts were tried. */
  readonly onStuffing: (network: string, accounts: number) => void
}

/** Undefined for who no limit applies to. */
export const placeOf = (ipAddress: string, allowlist: Cidrs): Place | undefined => {
  const { address, network } = countedAddress(ipAddress, allowlist)
  return address === undefined || network === undefined ? undefined : { address, network }
}

/** What was tried was not right, whatever each way calls that. */
const wrong: ReadonlySet<string> = new Set(['wrong', 'invalid', 'refused'])

export const createWatchSignIns = ({ pressure, allowlist, observe, onStuffing }: WatchSignInsDeps) => {
  const note = async (failed: FailedSignIn): Promise<void> => {
    const { accounts } = await pressure.note(failed)
    if (accounts >= stuffingAccounts) onStuffing(failed.place.network, accounts)
  }

  const seen = <Result extends { readonly outcome: string }>(way: SignInWay, result: Result): Result => {
    observe(way, wrong.has(result.outcome) ? 'wrong' : result.outcome)
    return result
  }

  /** `emailKey`: of a way that names an account before it opens one. */
  const seenTry = <Result extends { readonly outcome: string }>(
    way: SignInWay,
    result: Result,
    { ipAddress }: Origin,
    emailKey: EmailKey | undefined,
  ): Result => {
    const isFailed = wrong.has(result.outcome) || result.outcome === 'locked'
    const place = placeOf(ipAddress, allowlist)
    if (isFailed && place !== undefined) void note({ place, emailKey })
    return seen(way, result)
  }

  return {
    byPassword:
      <Given>(signIn: SignInUser<Given>): SignInUser<Given> =>
      async input =>
        seenTry('password', await signIn(input), input.origin, input.emailKey),

    byPasskey:
      <Given>(signIn: SignInWithPasskey<Given>): SignInWithPasskey<Given> =>
      async input =>
        seenTry('passkey', await signIn(input), input.origin, undefined),

    byEmail: <Given>({ byLink, byCode }: SignInByEmail<Given>): SignInByEmail<Given> => ({
      byLink: async (rawToken, signIn) => seen('email_link', await byLink(rawToken, signIn)),
      byCode: async signIn => seenTry('email_code', await byCode(signIn), signIn.origin, signIn.emailKey),
    }),

    byProvider:
      <Given>(admit: AdmitExternalUser<Given>): AdmitExternalUser<Given> =>
      async (...input) =>
        seen('provider', await admit(...input)),
  }
}

export type WatchSignIns = ReturnType<typeof createWatchSignIns>
