/**
 * Sees every sign-in by password and changes none: how many succeed, and whether from one network somebody tries ever new
 * accounts. The answer does not wait for it.
 */
import { countedAddress } from '../domain/mail-quota.ts'
import {
  type FailedSignIn,
  type Place,
  type PressureAfterFailure,
  stuffingAccounts,
} from '../domain/sign-in-pressure.ts'
import type { SignInUser } from './sign-in.ts'

type Cidrs = Parameters<typeof countedAddress>[1]

export interface WatchSignInsDeps {
  readonly pressure: { note(failed: FailedSignIn): Promise<PressureAfterFailure> }
  /** Networks that no limit applies to. */
  readonly allowlist: Cidrs
  readonly observe: (outcome: string) => void
  /** From this network, so many accounts were tried. */
  readonly onStuffing: (network: string, accounts: number) => void
}

/** Undefined for who no limit applies to. */
export const placeOf = (ipAddress: string, allowlist: Cidrs): Place | undefined => {
  const { address, network } = countedAddress(ipAddress, allowlist)
  return address === undefined || network === undefined ? undefined : { address, network }
}

export const createWatchSignIns = ({ pressure, allowlist, observe, onStuffing }: WatchSignInsDeps) => {
  const note = async (failed: FailedSignIn): Promise<void> => {
    const { accounts } = await pressure.note(failed)
    if (accounts >= stuffingAccounts) onStuffing(failed.place.network, accounts)
  }

  return <Given>(signIn: SignInUser<Given>): SignInUser<Given> =>
    async input => {
      const result = await signIn(input)
      observe(result.outcome)
      const isFailed = result.outcome === 'wrong' || result.outcome === 'locked'
      const place = placeOf(input.origin.ipAddress, allowlist)
      if (isFailed && place !== undefined) void note({ place, emailKey: input.emailKey })
      return result
    }
}

export type WatchSignIns = ReturnType<typeof createWatchSignIns>
