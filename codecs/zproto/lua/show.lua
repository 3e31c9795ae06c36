-- What is shown of ZMTP, and the way of a packet from one part to the other.
local function show_greeting(c, tvb, unit, tree, visited)
  local at = unit.at
  tree:add(F.signature, tvb(at, 10))
  tree:add(F.major, tvb(at + 10, 1))
  tree:add(F.minor, tvb(at + 11, 1))
  tree:add(F.mechanism, tvb(at + 12, 20))
  tree:add(F.as_server, tvb(at + 32, 1))
  local mechanism = tvb(at + 12, 20):raw():match("^[%u%d%-_]*")
  c.mechanism = mechanism
  if not visited then c.classes = {} end
  return string.format("greeting %d.%d %s", tvb(at + 10, 1):uint(), tvb(at + 11, 1):uint(), mechanism)
end

local function properties(way, r, tree)
  while r.at < r.stop do
    local from, key = r.at, r:counted(1)
    local value = key and r:counted(4)
    budget = budget - 1
    if not value or budget < 0 then return "a property that is not whole" end
    local branch = tree:add(r.tvb(from, r.at - from), text(r.tvb, key) .. " = " .. text(r.tvb, value))
    branch:add_packet_field(F.key, key, ENC_UTF_8)
    branch:add_packet_field(F.value, value, ENC_UTF_8)
    if key:raw():lower() == "socket-type" then way.socket = value:raw() end
  end
end

local function rest(r) return r:take(r.stop - r.at) end

-- What stands behind the name of each command; it gives what is wrong.
local commands = {}
function commands.READY(_, way, r, tree) return properties(way, r, tree) end
function commands.SUBSCRIBE(_, _, r, tree) tree:add(F.topic, rest(r)) end
function commands.PONG(_, _, r, tree) tree:add(F.context, rest(r)) end
commands.CANCEL = commands.SUBSCRIBE
function commands.PING(_, _, r, tree)
  local ttl = r:take(2)
  if not ttl then return "it has no time to live" end
  tree:add(F.ttl, ttl)
  tree:add(F.context, rest(r))
end
function commands.ERROR(_, _, r, tree)
  local reason = r:counted(1)
  if not reason then return "its reason is not whole" end
  tree:add_packet_field(F.reason, reason, ENC_UTF_8)
end
function commands.HELLO(_, _, r, tree)
  local username = r:counted(1)
  local password = username and r:counted(1)
  if not password then return "username and password are not whole" end
  tree:add_packet_field(F.username, username, ENC_UTF_8)
  tree:add_packet_field(F.password, password, ENC_UTF_8)
end
commands.INITIATE = commands.READY

local function show_command(c, way, tvb, unit, tree)
  local f = unit.frames[1]
  local r = setmetatable({ tvb = tvb, at = f.body, stop = f.stop }, Reader)
  local range, name, fault = r:counted(1)
  if not range and f.stop - f.body > 5 and tvb(f.body, 5):raw() == "^RROR" then
    -- What libzmq 4.3 says instead of the length and the first letter of ERROR.
    range, name, r.at = tvb(f.body, 5), "ERROR", f.body + 5
  end
  if not range then return "command", "its name is not whole" end
  tree:add_packet_field(F.name, range, ENC_UTF_8)
  name = name or range:raw()
  local sealed = c.mechanism ~= "NULL" and c.mechanism ~= "PLAIN" and name ~= "ERROR"
  if commands[name] and not sealed then
    fault = commands[name](c, way, r, tree)
  elseif r.at < r.stop then
    tree:add(F.sealed, rest(r))
  end
  return text(tvb, range), fault
end

-- The model that a message follows. Of several with one signature it is the one of this connection, which is known from the
-- first message that fits one of them only; before that it is the first that it fits.
local function class_of(c, tvb, unit)
  local list = protocols_of(tvb, unit.frames[1])
  if not list or #list == 1 then return list and list[1] end
  local signature, fits = list[1].signature, {}
  if c.classes[signature] then return c.classes[signature] end
  for _, class in ipairs(list) do
    if not parse(class, tvb, unit.frames) then table.insert(fits, class) end
  end
  if #fits == 1 then c.classes[signature] = fits[1] end
  return fits[1] or list[1]
end

-- What there is to say of a message of no protocol that we know: it is CURVE's, or a subscription as ZMTP 3.0 has it.
local function show_other(c, way, tvb, unit, tree)
  local f = unit.frames[1]
  local size, line = f.stop - f.body, #unit.frames == 1 and "message of 1 frame" or "message of " .. #unit.frames .. " frames"
  if size >= 8 and c.mechanism == "CURVE" and tvb(f.body, 8):raw() == "\7MESSAGE" then
    tree:add(F.sealed, tvb(f.body + 8, size - 8))
    return "MESSAGE"
  end
  local first = size > 0 and tvb(f.body, 1):uint()
  if #unit.frames > 1 or (way.socket ~= "SUB" and way.socket ~= "XSUB") or not first or first > 1 then return line end
  tree:add(F.topic, tvb(f.body + 1, size - 1))
  return first == 1 and "subscribe" or "cancel"
end

local function show_frames(tvb, unit, tree, bodies)
  for i, f in ipairs(unit.frames) do
    budget = budget - 1
    if budget < 0 then return end
    local branch = tree:add(tvb(f.at, f.stop - f.at), string.format("frame %d: %d octets", i, f.stop - f.body))
    local flags = branch:add(F.flags, tvb(f.at, 1))
    flags:add(F.more, tvb(f.at, 1))
    flags:add(F.long, tvb(f.at, 1))
    flags:add(F.command, tvb(f.at, 1))
    branch:add(F.length, tvb(f.at + 1, f.long and 8 or 1))
    if bodies then branch:add(F.frame, tvb(f.body, f.stop - f.body)) end
  end
end

-- Shows a greeting, a command or a message. It gives the name of the protocol and what to say in a line.
local function show_unit(c, way, tvb, unit, root, visited)
  local range = tvb(unit.at, unit.stop - unit.at)
  local class = unit.kind == "message" and class_of(c, tvb, unit)
  local tree = root:add(zeromq, range, "ZeroMQ (ZMTP), " .. unit.kind)
  local line, fault
  if unit.kind == "greeting" then return "ZMTP", show_greeting(c, tvb, unit, tree, visited) end
  show_frames(tvb, unit, tree, unit.kind == "message" and not class)
  if unit.kind == "command" then
    line, fault = show_command(c, way, tvb, unit, tree)
    tree:append_text(", " .. line)
    if fault then tree:add_proto_expert_info(fault_of_zmtp, line .. ": " .. fault) end
    return "ZMTP", line
  end
  if not class then return "ZMTP", show_other(c, way, tvb, unit, tree) end
  tree = root:add(class.proto, range, class.title)
  local where
  fault, where, line = parse(class, tvb, unit.frames, tree)
  tree:append_text(", " .. line)
  if fault then
    tree:add_proto_expert_info(class.fault, string.format("%s: %s: %s", where, fault, FAULTS[fault]))
    line = line .. " [" .. fault .. "]"
  end
  return class.short, line
end

-- Whether these octets begin where something begins. The first pass decides it for all; it may come to one packet twice, with
-- what has been put together and with what is behind that.
local function in_step(way, tvb, pinfo)
  local part = pinfo.number .. " " .. tvb:len()
  if pinfo.visited then return not way.skipped[part] end
  if not way.in_step then
    way.in_step = plausible(tvb)
    if not way.in_step then way.skipped[part] = true end
  end
  return way.in_step
end

-- Says what a packet holds, where packets are listed. What is there of the same packet already stays.
local function say(pinfo, protocol_name, lines)
  if #lines == 0 then return end
  pinfo.cols.protocol = protocol_name
  pinfo.cols.info:clear()
  pinfo.cols.info:append(table.concat(lines, ", ", 1, math.min(#lines, 20)) .. (#lines > 20 and ", ..." or "") .. " ")
  pinfo.cols.info:fence()
end

-- Shows what a packet, or several put together, holds. It asks TCP for more where it may.
local function dissect(tvb, pinfo, root, may_ask)
  local len, at, lines, name, hidden = tvb:len(), 0, {}, "ZMTP", 0
  local c, way = connection_of(pinfo)
  budget = MOST_ITEMS
  if len == 0 then return 0 end
  if not in_step(way, tvb, pinfo) then
    root:add(zeromq, tvb(), "ZeroMQ (ZMTP), the rest of something whose beginning is not known")
    say(pinfo, name, { "(continued)" })
    return len
  end
  while at < len do
    local unit, missing, wrong = unit_at(tvb, at)
    if missing and may_ask and tvb:reported_len() == len then
      pinfo.desegment_offset, pinfo.desegment_len = at, missing
      break
    end
    if not unit then
      wrong = wrong or "the rest is missing"
      root:add(zeromq, tvb(at), "ZeroMQ (ZMTP), not looked into"):add_proto_expert_info(fault_of_zmtp, wrong)
      table.insert(lines, "[" .. wrong .. "]")
      if not pinfo.visited then way.in_step = false end
      break
    end
    budget = budget - UNIT_ITEMS
    if budget > 0 then
      local known, line = show_unit(c, way, tvb, unit, root, pinfo.visited)
      if known ~= "ZMTP" then name = known end
      table.insert(lines, line)
    else
      hidden = hidden + 1
    end
    at = unit.stop
  end
  if hidden > 0 then root:add(zeromq, tvb(), string.format("ZeroMQ (ZMTP), %d more, not shown", hidden)) end
  say(pinfo, name, lines)
  return len
end

function zeromq.dissector(tvb, pinfo, root) return dissect(tvb, pinfo, root, pinfo.can_desegment > 0) end

-- Ports say nothing: nodes take any that is free. (Here Wireshark says that one may not ask, and takes it all the same.)
zeromq:register_heuristic("tcp", function(tvb, pinfo, root)
  if not plausible(tvb) then return false end
  pinfo.conversation = zeromq
  dissect(tvb, pinfo, root, true)
  return true
end)
DissectorTable.get("tcp.port"):add_for_decode_as(zeromq)
