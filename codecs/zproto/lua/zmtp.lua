-- ZMTP 3, which carries all of them: greeting, commands, and frames that are put together to messages.
local zeromq = Proto("zeromq", "ZeroMQ Message Transport Protocol (ZMTP 3)")
local F = {
  signature = ProtoField.bytes("zeromq.signature", "signature"),
  major = ProtoField.uint8("zeromq.version.major", "version, major"),
  minor = ProtoField.uint8("zeromq.version.minor", "version, minor"),
  mechanism = ProtoField.string("zeromq.mechanism", "mechanism"),
  as_server = ProtoField.bool("zeromq.as-server", "as server"),
  flags = ProtoField.uint8("zeromq.flags", "flags", base.HEX),
  more = ProtoField.bool("zeromq.flags.more", "more frames follow", 8, nil, 1),
  long = ProtoField.bool("zeromq.flags.long", "long", 8, nil, 2),
  command = ProtoField.bool("zeromq.flags.command", "command", 8, nil, 4),
  length = ProtoField.uint64("zeromq.length", "length"),
  frame = ProtoField.bytes("zeromq.frame", "frame"),
  name = ProtoField.string("zeromq.command", "command"),
  key = ProtoField.string("zeromq.property.name", "name"),
  value = ProtoField.string("zeromq.property.value", "value"),
  topic = ProtoField.bytes("zeromq.topic", "topic"),
  ttl = ProtoField.uint16("zeromq.ttl", "time to live, in tenths of a second"),
  context = ProtoField.bytes("zeromq.context", "context"),
  reason = ProtoField.string("zeromq.reason", "reason"),
  username = ProtoField.string("zeromq.username", "username"),
  password = ProtoField.string("zeromq.password", "password"),
  sealed = ProtoField.bytes("zeromq.sealed", "for the mechanism only"),
}
for _, f in pairs(F) do table.insert(zeromq.fields, f) end
local fault_of_zmtp = ProtoExpert.new("zeromq.fault", "not as ZMTP has it", expert.group.MALFORMED, expert.severity.ERROR)
zeromq.experts = { fault_of_zmtp }

-- What is known of each connection, and of each of its directions. It is learnt in the first pass, which is in order.
local connections = {}
function zeromq.init() connections = {} end

-- A connection is its two ends: in a first pass Wireshark does not tell the number that it has given to it. Either end may be
-- used again, by another connection; that begins with a greeting.
local function connection_of(pinfo)
  local from, to = tostring(pinfo.src) .. " " .. pinfo.src_port, tostring(pinfo.dst) .. " " .. pinfo.dst_port
  local key = from < to and from .. " " .. to or to .. " " .. from
  local c = connections[key] or { ways = {}, classes = {} }
  connections[key] = c
  local way = c.ways[from] or { in_step = false, skipped = {} }
  c.ways[from] = way
  return c, way
end

local COMMANDS = {}
for name in ("READY ERROR SUBSCRIBE CANCEL PING PONG HELLO WELCOME INITIATE MESSAGE"):gmatch("%u+") do COMMANDS[name] = true end

-- How many octets to wait for, where something of so many octets lacks some. Where more may turn out to be missing then, it is
-- a segment: a second wait inside of one segment makes Wireshark lose its way. But where there is much, each wait costs much.
local function wait(missing, whole, last)
  if last or whole > MUCH then return missing end
  return DESEGMENT_ONE_MORE_SEGMENT
end

-- The frame at at, or how many octets to wait for, or what is wrong with it.
local function frame_at(tvb, at)
  local left = tvb:len() - at
  if left < 2 then return nil, wait(2 - left, 2) end
  local flags = tvb(at, 1):uint()
  if flags > 6 or flags == 5 then return nil, nil, "no such flags of a frame" end
  local f = { at = at, flags = flags, more = flags % 2 == 1, long = flags % 4 >= 2, command = flags >= 4 }
  f.body = at + (f.long and 9 or 2)
  if f.long and left < 9 then return nil, wait(9 - left, 9) end
  if f.long and tvb(at + 1, 4):uint() > 0 then return nil, nil, "a frame of 4 GiB or more" end
  local size = f.long and tvb(at + 5, 4):uint() or tvb(at + 1, 1):uint()
  f.stop = f.body + size
  return f
end

-- The greeting, command or message at at: its kind, its frames and where it ends. Otherwise how many octets to wait for, or
-- what is wrong with it.
local function unit_at(tvb, at)
  local left = tvb:len() - at
  if tvb(at, 1):uint() == 0xFF then
    if left > 9 and tvb(at + 9, 1):uint() ~= 0x7F then return nil, nil, "neither a frame nor a greeting" end
    if left > 10 and tvb(at + 10, 1):uint() < 3 then return nil, nil, "a version of ZMTP before 3.0, which is not looked into" end
    if left < 64 then return nil, wait(64 - left, 64, left > 10) end
    return { kind = "greeting", at = at, stop = at + 64, frames = {} }
  end
  local unit = { kind = "message", at = at, stop = at, frames = {} }
  repeat
    local f, missing, wrong = frame_at(tvb, unit.stop)
    if not f then return nil, missing, wrong end
    if f.command and #unit.frames > 0 then return nil, nil, "a command inside of a message" end
    if f.command then unit.kind = "command" end
    if f.stop - at > MOST_OCTETS then return nil, nil, "more octets than are waited for" end
    local most = f.stop - at > MUCH and MOST_FRAMES / 10 or MOST_FRAMES
    if #unit.frames >= most then return nil, nil, "more frames than are looked into" end
    unit.stop = f.stop
    table.insert(unit.frames, f)
    if f.stop > tvb:len() then return nil, wait(f.stop - tvb:len(), f.stop - at, not f.more) end
  until not f.more
  return unit
end

local function protocols_of(tvb, f)
  return f.stop - f.body >= 2 and protocols[tvb(f.body, 2):raw()]
end

-- Whether a greeting, a command or a message of a protocol that we know begins here: where a connection begins, where the
-- capture begins in the middle of one, or where something was not understood.
local function plausible(tvb)
  local len = tvb:len()
  if len >= 10 and tvb(0, 1):uint() == 0xFF then
    return tvb(9, 1):uint() == 0x7F and (len == 10 or tvb(10, 1):uint() >= 3)
  end
  local f = frame_at(tvb, 0)
  if not f or f.stop > MOST_OCTETS or math.min(len, f.stop) < f.body + 3 then return false end
  if f.command then
    local n = tvb(f.body, 1):uint()
    return f.body + 1 + n <= math.min(len, f.stop) and COMMANDS[tvb(f.body + 1, n):raw()] == true
  end
  for _, class in ipairs(protocols_of(tvb, f) or {}) do
    if class.messages[tvb(f.body + 2, 1):uint()] then return true end
  end
  return false
end
