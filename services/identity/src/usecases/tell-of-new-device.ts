/**
 * The owner of an account is told of a sign-in from a device that is new, with a link by which they disown it. Relayed
 * twice, it is still one mail: the id of the outbox row is the message's.
 */
import type { DeviceHash, SessionId, UserId } from '../domain/ids.ts'
import type { MintNotMeLink, NotMeNotice } from '../domain/not-me-link.ts'
import type { Seal } from '../domain/seal.ts'
import type { User } from '../domain/user.ts'

export interface TellOfNewDeviceDeps {
  readonly users: { findById(id: UserId): Promise<User | undefined> }
  readonly notMeLinks: { notify(notice: NotMeNotice): Promise<boolean> }
  readonly mintNotMeLink: MintNotMeLink
  readonly seal: Seal
  /** The mail need not wait for the next look into the outbox. */
  readonly relaySoon: () => void
}

export interface NewDevice {
  readonly noticeId: string
  readonly userId: UserId
  readonly sessionId: SessionId
  readonly device: DeviceHash
}

export const createTellOfNewDevice =
  ({ users, notMeLinks, mintNotMeLink, seal, relaySoon }: TellOfNewDeviceDeps) =>
  async ({ noticeId, ...about }: NewDevice): Promise<void> => {
    const user = await users.findById(about.userId)
    if (user === undefined) return
    const { rawToken, link } = mintNotMeLink(about)
    const sealedData = await seal({ token: rawToken })
    const notice = { template: 'new_device' as const, messageId: noticeId, link, sealedData }
    await notMeLinks.notify({ ...notice, recipient: user.email })
    relaySoon()
  }

export type TellOfNewDevice = ReturnType<typeof createTellOfNewDevice>
