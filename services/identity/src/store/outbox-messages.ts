/**
 * What identity tells others, as rows of the outbox: each is written in the transaction that makes it true, and
 * relayed by `relay/handlers.ts` until the other side has it.
 */
import { enqueue } from '@latchkey/outbox'
import { createUuid } from '@latchkey/runtime/ids'
import type { PoolClient } from 'pg'
import { z } from 'zod'
import { resetCauses } from '../domain/password-reset.ts'
import { sessionsEndReasons } from '../domain/termination.ts'

/** Mails that anybody can have sent to somebody: `asked-mails.ts` alone sends them, within quotas. */
export const askedTemplates = [
  'password_reset',
  'email_verification',
  'registration_attempted',
  'email_sign_in',
  'email_change_old',
  'email_change_new',
  'address_confirmation',
  'organization_invitation',
] as const
export type AskedTemplate = (typeof askedTemplates)[number]

/** What the owner of an account is told because it has happened. */
export const noticeTemplates = [
  'new_device',
  'email_changed',
  'password_reset_required',
  'session_review',
  'session_disowned',
  'password_changed',
  'account_deleted',
  'password_removed',
  'passkey_added',
  'passkey_removed',
  'passkey_suspicious',
  'second_factor_added',
  'second_factor_removed',
  'recovery_codes_renewed',
  'recovery_code_used',
  'provider_linked',
  'provider_unlinked',
] as const
export type NoticeTemplate = (typeof noticeTemplates)[number]

/** The kinds of rows and what they carry. No payload holds a raw secret. */
export const outboxPayloads = {
  /** Somebody asks for a reset of whatever account has this address, if any. */
  'password_reset.requested': z.object({
    emailKey: z.string(),
    locale: z.string(),
    cause: z.enum(resetCauses).default('forgotten'),
    /** The IP address that asked. */
    askedFrom: z.string().default(''),
  }),
  /** Somebody asks for a mail that proves an address; the row of the proof says which. */
  'email_proof.requested': z.object({
    proofId: z.string(),
    askedFrom: z.string(),
    unlessOpen: z.boolean().default(false),
  }),
  'message.send': z.object({
    messageId: z.string(),
    template: z.enum([...askedTemplates, ...noticeTemplates]),
    recipient: z.string(),
    locale: z.string(),
    /** A compact JWE, or empty. */
    sealedData: z.string(),
    /** ISO 8601; null for a mail that does not get stale. */
    expiresAt: z.iso.datetime().nullable(),
  }),
  /** Read again when relayed: what is pushed is the present state, whatever the order of the rows. */
  'subject.updated': z.object({ userId: z.string() }),
  /** The same of many, whom one change concerns. */
  'subjects.updated': z.object({ userIds: z.array(z.string()) }),
  'subject.deleted': z.object({ userId: z.string() }),
  /** A registration came to nothing after others had heard of its user. */
  'registration.undone': z.object({ userId: z.string() }),
  /** What was granted to applications for the user's absence, by sign-ins until then: no session's end ends it. */
  'offline_access.end': z.object({
    userId: z.string(),
    signedInUntil: z.iso.datetime(),
    /** Only what was granted in this session; null: in any. */
    sessionId: z.string().nullable().default(null),
  }),
  /** Somebody has signed in from a device that the user was not known at: the owner is told, with a link to disown it. */
  'new_device.seen': z.object({ userId: z.string(), sessionId: z.string(), deviceHash: z.string() }),
  /** The owner says that a session is not theirs. */
  'session.disowned': z.object({ userId: z.string(), sessionId: z.string() }),
  'sessions.end': z.object({
    userId: z.string(),
    exceptSessionId: z.string().nullable(),
    /** Sessions that began with this password or a later one are kept; 0 keeps none. */
    fromCredentialVersion: z.int().default(0),
    reason: z.enum(sessionsEndReasons),
  }),
} as const

export type OutboxKind = keyof typeof outboxPayloads
export type OutboxPayload<Kind extends OutboxKind> = z.infer<(typeof outboxPayloads)[Kind]>
type WrittenPayload<Kind extends OutboxKind> = z.input<(typeof outboxPayloads)[Kind]>
export type Message = OutboxPayload<'message.send'>

type Tellable<Kind extends OutboxKind> = Kind extends 'message.send'
  ? Message & { readonly template: NoticeTemplate }
  : WrittenPayload<Kind>

/** Of mails it takes notices alone. @param key whom or what it is about */
export const tell = <Kind extends OutboxKind>(
  client: Pick<PoolClient, 'query'>,
  kind: Kind,
  key: string,
  payload: Tellable<Kind>,
) => enqueue(client, { kind, key, payload })

/** A mail about an account, with an id that makes it one mail however often it is handed over. */
export const aMessage = <Template extends Message['template']>(
  message: Pick<Message, 'recipient'> & Partial<Message> & { readonly template: Template },
): Message & { readonly template: Template } => ({
  messageId: createUuid(),
  locale: '',
  sealedData: '',
  expiresAt: null,
  ...message,
})
