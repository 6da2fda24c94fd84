/**
 * A way in for those whose provider tells no address, or one that it has not verified: they say one and prove it by a mail.
 * All of it happens in the browser that came back from the provider; a link that somebody else was sent does nothing there.
 */
import { randomToken } from '@latchkey/runtime/crypto'
import type { EmailAddress } from '../domain/email-address.ts'
import type { ExternalIdentity } from '../domain/provider.ts'
import type { Seal } from '../domain/seal.ts'
import { hashJourneyBrowser, type JourneyBrowserHash } from '../domain/social-journey.ts'
import {
  type AddressMail,
  hashSignUpToken,
  hashTicket,
  type SignUpTokenHash,
  type SocialSignUp,
  signUpSeconds,
  type TicketHash,
} from '../domain/social-sign-up.ts'
import type { FindExternalUser, FoundExternalUser } from './find-external-user.ts'

export interface SocialSignUpDeps {
  readonly signUps: {
    begin(
      signUp: SocialSignUp & {
        ticketHash: TicketHash
        browserHash: JourneyBrowserHash
        at: Date
        expiresAt: Date
      },
    ): Promise<void>
    find(ticketHash: TicketHash, browserHash: JourneyBrowserHash, at: Date): Promise<SocialSignUp | undefined>
    findByToken(
      tokenHash: SignUpTokenHash,
      browserHash: JourneyBrowserHash,
      at: Date,
    ): Promise<SocialSignUp | undefined>
    askForProof(mail: AddressMail): Promise<boolean>
    redeem(
      tokenHash: SignUpTokenHash,
      browserHash: JourneyBrowserHash,
      at: Date,
    ): Promise<SocialSignUp | undefined>
  }
  readonly findExternalUser: FindExternalUser
  readonly seal: Seal
  readonly relaySoon: () => void
  readonly now: () => Date
}

export interface SignUpBeginning {
  readonly provider: string
  readonly identity: ExternalIdentity
  readonly rawBrowser: string
  readonly flow: string | undefined
}

export interface AddressGiven {
  readonly rawTicket: string
  readonly rawBrowser: string
  readonly email: EmailAddress
  readonly locale: string
  readonly askedFrom: string
}

export type SignUpEnd =
  | (Exclude<FoundExternalUser, { outcome: 'address_needed' }> & { readonly flow: string | undefined })
  | { readonly outcome: 'invalid_token' }

const hashesOf = (rawTicket: string, rawBrowser: string) => ({
  ticketHash: hashTicket(rawTicket),
  browserHash: hashJourneyBrowser(rawBrowser),
})

export const createSocialSignUp = (deps: SocialSignUpDeps) => {
  const { signUps, findExternalUser, seal, relaySoon, now } = deps
  return {
    /** Gives the raw ticket. */
    begin: async ({ provider, identity, rawBrowser, flow }: SignUpBeginning): Promise<string> => {
      const rawTicket = randomToken()
      const at = now()
      const { issuer, subject, name, email } = identity
      await signUps.begin({
        ...hashesOf(rawTicket, rawBrowser),
        ...{ provider, issuer, subject, name, email, flow, at },
        expiresAt: new Date(at.getTime() + signUpSeconds * 1_000),
      })
      return rawTicket
    },

    /** Undefined for one that is over, or another browser's. */
    find: (rawTicket: string, rawBrowser: string): Promise<SocialSignUp | undefined> => {
      const { ticketHash, browserHash } = hashesOf(rawTicket, rawBrowser)
      return signUps.find(ticketHash, browserHash, now())
    },

    /** The same by what the mail brought; it is not spent. */
    findByToken: (rawToken: string, rawBrowser: string): Promise<SocialSignUp | undefined> => {
      const browserHash = hashJourneyBrowser(rawBrowser)
      return signUps.findByToken(hashSignUpToken(rawToken), browserHash, now())
    },

    /** False where it is over, or has had enough mails. The same for every address, taken or not. */
    askForProof: async ({
      rawTicket,
      rawBrowser,
      email,
      locale,
      askedFrom,
    }: AddressGiven): Promise<boolean> => {
      const rawToken = randomToken()
      const sent = await signUps.askForProof({
        ...hashesOf(rawTicket, rawBrowser),
        email,
        tokenHash: hashSignUpToken(rawToken),
        sealedData: await seal({ token: rawToken }),
        locale,
        askedFrom,
        at: now(),
      })
      if (sent) relaySoon()
      return sent
    },

    /** The address is proven, and so as good as one that the provider has verified. */
    end: async (rawToken: string, rawBrowser: string): Promise<SignUpEnd> => {
      const at = now()
      const tokenHash = hashSignUpToken(rawToken)
      const signUp = await signUps.redeem(tokenHash, hashJourneyBrowser(rawBrowser), at)
      if (signUp === undefined) return { outcome: 'invalid_token' }
      const { provider, flow, ...identity } = signUp
      const found = await findExternalUser({ provider, identity: { ...identity, emailVerified: true }, at })
      return found.outcome === 'address_needed' ? { outcome: 'invalid_token' } : { ...found, flow }
    },
  }
}

export type SocialSignUpUseCase = ReturnType<typeof createSocialSignUp>
