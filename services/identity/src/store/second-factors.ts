/** Which second factors somebody has, of every kind, in one statement: every sign-in asks. */
import type { Pool } from 'pg'
import type { DeviceHash, UserId } from '../domain/ids.ts'
import { type SecondFactorMethod, secondFactorMethods } from '../domain/second-factor.ts'

const look = `
  SELECT EXISTS (SELECT FROM totp_factors WHERE user_id = $1 AND confirmed_at IS NOT NULL) AS totp,
         EXISTS (SELECT FROM passkeys WHERE user_id = $1) AS passkey,
         EXISTS (SELECT FROM recovery_codes WHERE user_id = $1 AND used_at IS NULL) AS recovery_code,
         EXISTS (SELECT FROM remembered_devices
                  WHERE user_id = $1 AND device_hash = $2 AND expires_at > $3) AS "isRemembered"`

export interface SecondFactorsOfUser {
  /** Empty where there is no factor: recovery codes alone are none. */
  readonly methods: readonly SecondFactorMethod[]
  /** Whether the device that asks was remembered when a factor was proven on it. */
  readonly isRemembered: boolean
}

export const createSecondFactors = ({ pool }: { pool: Pool }) => ({
  look: async (userId: UserId, device: DeviceHash | undefined, at: Date): Promise<SecondFactorsOfUser> => {
    const { rows } = await pool.query<Record<SecondFactorMethod | 'isRemembered', boolean>>({
      name: 'look-at-second-factors',
      text: look,
      values: [userId, device ?? null, at],
    })
    const [row] = rows
    if (row === undefined || !(row.totp || row.passkey)) return { methods: [], isRemembered: false }
    return { methods: secondFactorMethods.filter(method => row[method]), isRemembered: row.isRemembered }
  },
})
