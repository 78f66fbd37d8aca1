// The peer of make bench: getMyGroups and joinGroup on the tables of the service, with Fastify and better-sqlite3.
//
// It makes the reads, checks and writes of the service, and sends the same fields. It is written as a careful
// programmer would: statements are prepared once, responses are printed from a schema, nothing is logged.
//
// Usage: node server.js DATABASE

import { createHash } from 'node:crypto'
import Database from 'better-sqlite3'
import Fastify from 'fastify'

const db = new Database(process.argv[2], { fileMustExist: true })
for (const pragma of [
  'busy_timeout = 5000',
  'journal_mode = WAL',
  'synchronous = FULL',
  'foreign_keys = ON',
  'temp_store = MEMORY',
  'trusted_schema = OFF',
  'cache_size = -65536',
  'wal_autocheckpoint = 10000'
]) db.pragma(pragma)

const sha256 = (...parts) => {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest()
}
const now = () => Math.floor(Date.now() / 1000)
const time = seconds => new Date(seconds * 1000).toISOString().replace('.000Z', 'Z')

const bearer = db.prepare(`
  SELECT tokens.expires_at, tokens.revoked_at, users.id, users.login, users.disabled_at, users.deleted_at
  FROM tokens JOIN users ON users.id = tokens.user_id WHERE tokens.hash = ?`)
const myGroups = db.prepare(`
  SELECT groups.id, name, description, category_id, tags, image, access_type, registration_type, moderation_type,
    member_count, topic_count, owner_id, created_at, state, since, ends_at
  FROM memberships JOIN groups ON groups.id = memberships.group_id
  WHERE user_id = ? AND state NOT IN ('requested', 'banned') AND (ends_at IS NULL OR ends_at > ?)
  ORDER BY group_id DESC`)
const group = db.prepare(`
  SELECT registration_type, deleted_at, condition_group_id, audit_number, audit_hash FROM groups WHERE id = ?`)
const membership = db.prepare('SELECT state, until, ends_at FROM memberships WHERE group_id = ? AND user_id = ?')
const countMemberships = db.prepare(`
  SELECT count(*) FROM memberships WHERE user_id = ? AND state != 'banned' AND (ends_at IS NULL OR ends_at > ?)`).pluck()
const addMembership = db.prepare("INSERT INTO memberships (group_id, user_id, state, since) VALUES (?, ?, 'member', ?)")
const addEntry = db.prepare(`
  INSERT INTO audit_entries (at, group_id, actor, action, via, user_id, actor_id, standing, number, hash)
  VALUES (?, ?, ?, 'joinGroup', 'rest-json', ?, ?, 'member', ?, ?)`)
const countMember = db.prepare(
  'UPDATE groups SET member_count = member_count + 1, audit_number = ?, audit_hash = ? WHERE id = ?')

// As many memberships as a user may have, by default.
const QUOTA = 10_000

const fail = (statusCode, code, message) => Object.assign(new Error(message), { statusCode, code })

function authenticate (token, at) {
  const user = bearer.get(sha256(token ?? ''))
  if (!user || user.revoked_at !== null || user.disabled_at !== null || user.deleted_at !== null) {
    throw fail(401, 'user_token_invalid', 'The token is invalid.')
  }
  if (user.expires_at <= at) throw fail(401, 'user_token_expired', 'The token has expired.')
  return user
}

// The hash of an audit entry: see crates/storage/src/audit/chain.rs.
const ABSENT = Buffer.from([0])
function field (value) {
  if (value === null) return ABSENT
  const data = Buffer.isBuffer(value) ? value : Buffer.from(String(value))
  const head = Buffer.alloc(9)
  head[0] = 1
  head.writeUInt32BE(data.length, 5)
  return Buffer.concat([head, data])
}

const list = db.transaction(token => {
  const at = now()
  return myGroups.all(authenticate(token, at).id, at)
})

const join = db.transaction((token, id) => {
  const at = now()
  const user = authenticate(token, at)
  const found = group.get(id)
  if (!found || found.deleted_at !== null) throw fail(404, 'content_not_found', 'There is no such group.')
  const present = membership.get(id, user.id)
  if (present) throw fail(409, 'already_member', `The user is ${present.state} already.`)
  if (found.registration_type !== 'open' || found.condition_group_id !== null) {
    throw fail(403, 'group_not_invited', 'The group is not open.')
  }
  if (countMemberships.get(user.id, at) >= QUOTA) throw fail(403, 'quota_exceeded', 'The user has too many groups.')
  addMembership.run(id, user.id, at)
  const number = found.audit_number + 1
  const fields = [id, number, at, user.login, 'joinGroup', null, null, 'rest-json', user.id, user.id, 'member', null,
    null, found.audit_hash]
  const hash = sha256('trivium-audit-1', Buffer.concat(fields.map(field)))
  addEntry.run(at, id, user.login, user.id, user.id, number, hash)
  countMember.run(number, hash, id)
})

const text = { type: 'string' }
const integer = { type: 'integer' }
const object = properties => ({ type: 'object', properties })
const groupOut = object({
  accessType: text,
  category: text,
  created: text,
  description: text,
  endsAt: text,
  id: text,
  image: text,
  joinedAt: text,
  memberCount: integer,
  moderationType: text,
  name: text,
  owner: text,
  registrationType: text,
  role: text,
  tags: text,
  topicCount: integer,
  url: text
})
const page = object({
  groups: { type: 'array', items: groupOut },
  page: integer,
  resultsPerPage: integer,
  success: { type: 'boolean' },
  totalPages: integer,
  totalResults: integer
})
const joined = object({ joinState: text, success: { type: 'boolean' } })

const app = Fastify()
app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (request, body, done) =>
  done(null, new URLSearchParams(body)))
app.setErrorHandler((error, request, reply) =>
  reply.code(error.statusCode ?? 500).send({ code: error.code, msg: error.message, success: false }))

const API = '/api/json/peopleaggregator'
app.get(`${API}/getMyGroups`, { schema: { response: { 200: page } } }, request => {
  const base = `http://${request.headers.host}/group/`
  const rows = list(request.query.authToken)
  const total = rows.length
  return {
    groups: rows.slice(0, 100).map(row => ({
      accessType: row.access_type,
      category: `cat:${row.category_id}`,
      created: time(row.created_at),
      description: row.description,
      ...(row.ends_at === null ? {} : { endsAt: time(row.ends_at) }),
      id: `group:${row.id}`,
      image: row.image,
      joinedAt: time(row.since),
      memberCount: row.member_count,
      moderationType: row.moderation_type,
      name: row.name,
      owner: `user:${row.owner_id}`,
      registrationType: row.registration_type,
      role: row.state,
      tags: row.tags,
      topicCount: row.topic_count,
      url: base + row.id
    })),
    page: 1,
    resultsPerPage: 100,
    success: true,
    totalPages: Math.max(1, Math.ceil(total / 100)),
    totalResults: total
  }
})
app.post(`${API}/joinGroup`, { schema: { response: { 200: joined } } }, request => {
  const id = /^group:([1-9]\d*)$/.exec(request.body.get('id'))
  if (!id) throw fail(400, 'parameter_invalid', 'id is e.g. group:1234.')
  join.immediate(request.body.get('authToken'), Number(id[1]))
  return { joinState: 'joined', success: true }
})

console.log(`Fastify serves on ${await app.listen({ host: '127.0.0.1', port: 0 })}`)
