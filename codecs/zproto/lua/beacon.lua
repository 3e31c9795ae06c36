-- The beacons of ZRE, which have no model: "ZRE", version 1 or 3, UUID, port, and a CURVE key in version 3.
local beacon = Proto("zre-beacon", "ZRE beacon")
local B = {
  version = ProtoField.uint8("zre-beacon.version", "version"),
  uuid = ProtoField.bytes("zre-beacon.uuid", "uuid"),
  port = ProtoField.uint16("zre-beacon.port", "port"),
  key = ProtoField.bytes("zre-beacon.key", "public key"),
}
for _, f in pairs(B) do table.insert(beacon.fields, f) end
local fault_of_beacon = ProtoExpert.new("zre-beacon.fault", "not as a beacon is", expert.group.MALFORMED, expert.severity.ERROR)
beacon.experts = { fault_of_beacon }
local BEACONS = { ["ZRE\1"] = 22, ["ZRE\3"] = 54 }

function beacon.dissector(tvb, pinfo, root)
  local size = tvb:len() >= 4 and BEACONS[tvb(0, 4):raw()]
  if not size then return 0 end
  local tree = root:add(beacon, tvb())
  pinfo.cols.protocol, pinfo.cols.info = "ZRE-DISC", "beacon"
  tree:add(B.version, tvb(3, 1))
  if tvb:reported_len() ~= size or tvb:len() ~= size then
    tree:add_proto_expert_info(fault_of_beacon, string.format("%d octets instead of %d", tvb:reported_len(), size))
    return tvb:len()
  end
  tree:add(B.uuid, tvb(4, 16))
  tree:add(B.port, tvb(20, 2))
  if size > 22 then tree:add(B.key, tvb(22, 32)) end
  local port = tvb(20, 2):uint()
  local said = port == 0 and "goodbye" or "port " .. port
  pinfo.cols.info = "beacon " .. tvb(4, 16):bytes():tohex() .. " " .. said
  tree:append_text(", " .. said)
  return tvb:len()
end

beacon:register_heuristic("udp", function(tvb, pinfo, root) return beacon.dissector(tvb, pinfo, root) > 0 end)
DissectorTable.get("udp.port"):add_for_decode_as(beacon)
