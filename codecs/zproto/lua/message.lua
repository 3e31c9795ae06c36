-- How many octets of a message are waited for, and how many frames a message has; a tenth of them in one of more than MUCH
-- octets, where each costs much. What is beyond that is said, and not looked into.
local MOST_OCTETS, MUCH, MOST_FRAMES = 16777216, 1048576, 1000
-- How many entries and frames are shown of what comes at once, and for how many of them a message counts.
local MOST_ITEMS, UNIT_ITEMS = 100000, 20
local budget = 0

-- What can be wrong with a message, by the names that the test vectors have for it.
local FAULTS = {
  ["truncated"] = "the frame ends inside, or a length or count claims more than there is",
  ["trailing"] = "octets follow the last field",
  ["version"] = "another version",
  ["constant"] = "not the value that it always has",
  ["unknown-id"] = "there is no such message",
  ["missing-frame"] = "a frame too few",
  ["extra-frame"] = "a frame too many",
  ["nul"] = "a NUL octet in a text that must not hold it",
  ["pair"] = "not key=value",
  ["too-many"] = "more entries than are looked into",
}

-- The characters of UTF-8 of several octets, as patterns, without those that the standard forbids.
local CHARACTERS = {
  "^[\195-\223][\128-\191]", "^\194[\160-\191]", "^[\225-\236\238][\128-\191][\128-\191]", "^\224[\160-\191][\128-\191]",
  "^\237[\128-\159][\128-\191]", "^\239[\128-\190][\128-\191]", "^\239\191[\128-\189]",
  "^[\241-\243][\128-\191][\128-\191][\128-\191]", "^\240[\144-\191][\128-\191][\128-\191]", "^\244[\128-\143][\128-\191][\128-\191]",
}

-- What people read of a range, in a line: without control characters and whatever is no UTF-8, for it is strangers' text, and
-- the first 60 octets only.
local function text(tvb, range)
  local n = range:len()
  if n == 0 then return "" end
  local raw = n > 60 and tvb(range:offset(), 60):raw() or range:raw()
  local shown = raw:gsub("%c", "."):gsub("[\128-\255]+", function(run)
    local out, at = {}, 1
    while at <= #run do
      local character
      for _, pattern in ipairs(CHARACTERS) do character = character or run:match(pattern, at) end
      table.insert(out, character or ".")
      at = at + #(character or ".")
    end
    return table.concat(out)
  end)
  return n > 60 and shown .. "..." or shown
end

-- A field that has been read. Without a tree nothing is shown: then it is about faults only.
local function show(tree, field, range)
  if not tree then return nil end
  if field.text then return (tree:add_packet_field(field.proto, range, ENC_UTF_8)) end
  return tree:add(field.proto, range)
end

-- A Reader goes through the octets from at to stop, in one frame.
local Reader = {}
Reader.__index = Reader

function Reader:take(n)
  if n > self.stop - self.at then return nil end
  local range = self.tvb(self.at, n)
  self.at = self.at + n
  return range
end

function Reader:number(size)
  local range = self:take(size)
  return range and range:uint()
end

-- Octets behind their length, which has so many octets itself.
function Reader:counted(size)
  local n = self:number(size)
  return n and self:take(n)
end

local function has(range, octet) return range:raw():find(octet, 1, true) ~= nil end

-- A list: it gets a branch of the tree, and each entry is read by one, which gives the name of a fault, or nil and what must
-- not have a NUL.
function Reader:list(field, tree, size, least, one)
  local from, count = self.at, self:number(size)
  if not count or count * least > self.stop - self.at then return "truncated" end
  local branch = tree and tree:add(self.tvb(from, size), string.format("%s: %d", field.name, count))
  local nul
  for _ = 1, count do
    budget = budget - 1
    if budget < 0 then return "too-many" end
    local fault, key = one(branch)
    if fault then return fault end
    nul = nul or field.no_nul and has(key, "\0")
  end
  if branch then branch:set_len(self.at - from) end
  return nul and "nul" or nil
end

-- How each type is read: it gives the name of a fault, or nil and the range that was read.
local read = {}

function read.number(r, f, tree)
  local range = r:take(f.size)
  if not range then return "truncated" end
  show(tree, f, range)
  if f.value and range:raw() ~= f.value then return f.name == "version" and "version" or "constant" end
  return nil, range
end

read.octets, read.uuid = read.number, read.number

local function counted(size)
  return function(r, f, tree)
    local range = r:counted(size)
    if not range then return "truncated" end
    show(tree, f, range)
    if f.no_nul and has(range, "\0") then return "nul" end
    if f.value and range:raw() ~= f.value then return "constant" end
    return nil, range
  end
end

read.string, read.longstr, read.chunk = counted(1), counted(4), counted(4)

function read.strings(r, f, tree)
  local size = r.wire == 1 and 1 or 4
  return r:list(f, tree, size, size, function(branch)
    local range = r:counted(size)
    if not range then return "truncated" end
    show(branch, f, range)
    return nil, range
  end)
end

-- The key and the value of an entry, where the older encoding has one text for both.
local function pair1(r)
  local range = r:counted(1)
  if not range then return "truncated" end
  local at = range:raw():find("=", 1, true)
  if not at then return "pair" end
  local from, size = range:offset(), range:len()
  return nil, r.tvb(from, at - 1), r.tvb(from + at, size - at)
end

local function pair(r)
  local key = r:counted(1)
  local value = key and r:counted(4)
  if not value then return "truncated" end
  return nil, key, value
end

function read.hash(r, f, tree)
  local old = r.wire == 1
  return r:list(f, tree, old and 1 or 4, old and 1 or 5, function(branch)
    local from = r.at
    local fault, key, value = (old and pair1 or pair)(r)
    if fault then return fault end
    if branch then
      local entry = branch:add(r.tvb(from, r.at - from), text(r.tvb, key) .. " = " .. text(r.tvb, value))
      show(entry, f.key, key)
      show(entry, f.entry, value)
    end
    return nil, key
  end)
end

-- Reads a message and shows it in the tree, if there is one. It gives the name of a fault, if there is one, where the fault
-- is, and what to say of the message in a line.
local function parse(class, tvb, frames, tree)
  local r = setmetatable({ tvb = tvb, at = frames[1].body, stop = frames[1].stop, wire = class.wire }, Reader)
  show(tree, class.signature_field, r:take(2))
  local id = r:take(1)
  if not id then return "truncated", "id", class.short end
  show(tree, class.id_field, id)
  local message = class.messages[id:uint()]
  local line, used = message and message.name or "message " .. id:uint(), 1
  local function field(f, list)
    if f.type == "frame" or f.type == "msg" then
      if r.at < r.stop then return "trailing" end
      local last = f.type == "msg" and #frames or used + 1
      if last > #frames or last - used < (f.least or 0) then return "missing-frame" end
      for i = used + 1, last do
        local range = tvb(frames[i].body, frames[i].stop - frames[i].body)
        show(tree, f, range)
        if f.value and range:raw() ~= f.value then return "constant" end
      end
      used = last
      return nil
    end
    local fault, range = read[f.type](r, f, tree)
    if not fault and list and f.in_line then line = line .. " " .. text(tvb, range) end
    if not fault and list and f.names then line = line .. " " .. (f.names[range:uint()] or range:uint()) end
    return fault
  end
  for _, f in ipairs(class.header) do
    local fault = field(f, false)
    if fault then return fault, f.name, line end
  end
  if not message then return "unknown-id", "id", line end
  for _, f in ipairs(message.fields) do
    local fault = field(f, true)
    if fault then return fault, f.name, line end
  end
  if r.at < r.stop then return "trailing", "end", line end
  if used < #frames then return "extra-frame", "end", line end
  return nil, nil, line
end

-- The protocols by their signature, in the order of the models.
local protocols = {}

-- The kinds of fields that Wireshark knows, for our types.
local kinds = {
  number = function(f, abbr) return ProtoField["uint" .. 8 * f.size](abbr, f.name, base.DEC, f.names, nil, f.doc) end,
  text = function(f, abbr, label) return ProtoField.string(abbr, label or f.name, base.UNICODE, f.doc) end,
  octets = function(f, abbr) return ProtoField.bytes(abbr, f.name, base.NONE, f.doc) end,
}
local kind_of = { number = "number", string = "text", longstr = "text", strings = "text" }

-- What a filter and a tree need of a field. One name means one thing in all messages of a protocol.
local function make_field(class, f, fields, made)
  local abbr, kind = class.name .. "." .. f.name:lower(), kind_of[f.type] or "octets"
  local function once(name, k, label)
    if not made[name] then
      made[name] = kinds[k](f, name, label)
      table.insert(fields, made[name])
    end
    return made[name]
  end
  f.text, f.in_line = kind == "text", not f.value and (f.type == "string" or f.type == "longstr")
  if f.type == "hash" then
    f.key = { proto = once(abbr .. ".key", "text", "key"), text = true }
    f.entry = { proto = once(abbr .. ".value", "text", "value"), text = true }
  else
    f.proto = once(abbr, kind)
  end
end

-- Adds a protocol.
local function protocol(class)
  local names, fields, made = {}, {}, {}
  for id, m in pairs(class.messages) do
    names[id] = m.name
    for _, f in ipairs(m.fields) do make_field(class, f, fields, made) end
  end
  for _, f in ipairs(class.header) do make_field(class, f, fields, made) end
  local message = class.name .. ".message."
  class.signature_field = { proto = ProtoField.uint16(message .. "signature", "signature", base.HEX) }
  class.id_field = { proto = ProtoField.uint8(message .. "id", "message", base.DEC, names) }
  table.insert(fields, class.signature_field.proto)
  table.insert(fields, class.id_field.proto)
  class.proto = Proto(class.name, class.title)
  class.proto.fields = fields
  class.fault = ProtoExpert.new(message .. "fault", "not as the model says", expert.group.MALFORMED, expert.severity.ERROR)
  class.proto.experts = { class.fault }
  protocols[class.signature] = protocols[class.signature] or {}
  table.insert(protocols[class.signature], class)
end
