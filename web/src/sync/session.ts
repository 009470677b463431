/** Signing in, and making devices known. */

import { toBase64Url } from '../protocol/bytes'
import { enrolMessage, SUITE } from '../protocol/feed'
import { uuidV4 } from '../protocol/id'
import type { Writing } from '../store/db'
import { insertDevice } from '../store/devices'
import { makeKey, type StoredKey, sign } from '../store/keys'
import { account, changeAccount, putMeta, setTrouble } from '../store/meta'
import type { AccountRow, DeviceRow } from '../store/schema'
import { Api, type Session } from './api'
import { Problem } from './problem'
import type { Context } from './round'

/** How the member shows who he is. */
export type Credentials =
  | { kind: 'password'; number: string; password: string; totp?: string }
  | { kind: 'activation'; number: string; code: string; password: string }

/** Another member than the one whose phone this is. */
export class OtherMember extends Error {}

/** A random device with its key. */
export async function newDevice(context: Context): Promise<{ device: string; key: StoredKey }> {
  return { device: uuidV4(context.env.random(16)), key: await makeKey(context.software) }
}

function sessionFields(session: Session): Partial<AccountRow> {
  return {
    member: session.member,
    appointments: session.appointments ?? [],
    pushOnly: session.scope === 'push_only',
    accessToken: session.access_token,
    refreshToken: session.refresh_token ?? null,
  }
}

/** Takes over the tokens and what the server says of the member. A sign-in that had run out is mended by it. */
async function takeSession(tx: Writing, session: Session, withPassword: boolean): Promise<void> {
  const row = await account(tx)
  await changeAccount(tx, {
    ...sessionFields(session),
    trouble: row.trouble === 'sign_in' ? null : row.trouble,
    signedInSince: withPassword || row.signedInSince,
  })
}

/** Signs in; where nobody has before, makes the device with its key. What is kept of another member is left alone. */
export async function signIn(context: Context, given: Credentials, label: string): Promise<void> {
  const kept = await context.db.read(tx => tx.get('meta', 'account'))
  const nobody = new Api(context.transport, null)
  const { kind: _, ...body } = given
  const session =
    given.kind === 'password'
      ? await nobody.signIn(body as { number: string; password: string })
      : await nobody.activate(body as { number: string; code: string; password: string })
  if (kept !== undefined) {
    if ((kept as AccountRow).member.id !== session.member.id) throw new OtherMember()
    await context.db.change(tx => takeSession(tx, session, true))
    return
  }
  const { device, key } = await newDevice(context)
  const row: AccountRow = {
    member: session.member,
    label,
    appointments: [],
    pushOnly: false,
    accessToken: null,
    refreshToken: null,
    trouble: null,
    signedInSince: true,
    generation: null,
    catalog: 0,
    clockOffsetMs: null,
    lastSyncMs: null,
    ...sessionFields(session),
  }
  await context.db.change(async tx => {
    await putMeta(tx, 'account', row)
    await insertDevice(tx, device, key, 'current')
  })
}

/** Trades the refresh token for a new sign-in. A refusal means: somebody must sign in again. */
export async function refresh(context: Context): Promise<void> {
  const { refreshToken } = await context.db.read(account)
  if (refreshToken === null) {
    await context.db.change(tx => setTrouble(tx, 'sign_in'))
    return
  }
  try {
    const session = await new Api(context.transport, null).refresh(refreshToken)
    await context.db.change(tx => takeSession(tx, session, false))
  } catch (error) {
    if (!(error instanceof Problem) || [400, 401, 403].indexOf(error.status) < 0) throw error
    await context.db.change(async tx => {
      // Another tab may have traded it meanwhile.
      if ((await account(tx)).refreshToken === refreshToken) await setTrouble(tx, 'sign_in')
    })
  }
}

/** Tells the server of a device. Repeating it with the same key changes nothing. */
export async function register(api: Api, device: DeviceRow, row: AccountRow): Promise<void> {
  const proof = await sign(device.key, enrolMessage(device.device, row.member.id))
  await api.enrol({
    id: device.device,
    suite: SUITE,
    public_key: toBase64Url(device.key.publicKey),
    label: row.label,
    key_storage: device.key.kind,
    ...(device.continues === null ? {} : { continues: device.continues }),
    proof: toBase64Url(proof),
  })
}
