#!/usr/bin/python3
"""The zbeacon of czmq, through ctypes, for the tests of this folder.

  zbeacon.py INTERFACE UDP-PORT UUID TCP-PORT

Announces a ZRE beacon, and tells every beacon that it hears as one line of JSON
on standard output. Ends when standard input does. It cannot work on loopback:
zbeacon skips interfaces that do not broadcast.
"""
import ctypes
import json
import os
import struct
import sys
import threading

interface, udp, uuid, tcp = sys.argv[1:]
czmq = ctypes.CDLL("libczmq.so.4")


def function(name, result, *arguments):
    f = getattr(czmq, name)
    f.restype, f.argtypes = result, arguments
    return f


pointer, octets = ctypes.c_void_p, ctypes.c_char_p
actor_new = function("zactor_new", pointer, pointer, pointer)
set_interface = function("zsys_set_interface", None, octets)
set_handler = function("zsys_handler_set", None, pointer)
msg_new = function("zmsg_new", pointer)
msg_add = function("zmsg_addmem", ctypes.c_int, pointer, octets, ctypes.c_size_t)
msg_send = function("zmsg_send", ctypes.c_int, ctypes.POINTER(pointer), pointer)
msg_recv = function("zmsg_recv", pointer, pointer)
msg_pop = function("zmsg_pop", pointer, pointer)
msg_destroy = function("zmsg_destroy", None, ctypes.POINTER(pointer))
frame_data = function("zframe_data", pointer, pointer)
frame_size = function("zframe_size", ctypes.c_size_t, pointer)
frame_destroy = function("zframe_destroy", None, ctypes.POINTER(pointer))


def say(*frames):
    msg = pointer(msg_new())
    for f in frames:
        msg_add(msg, f, len(f))
    if msg_send(ctypes.byref(msg), beacon) != 0:
        sys.exit("zbeacon takes no command")


def hear():
    msg = pointer(msg_recv(beacon))
    if not msg:
        sys.exit("zbeacon has ended")
    frames = []
    while True:
        frame = pointer(msg_pop(msg))
        if not frame:
            break
        frames.append(ctypes.string_at(frame_data(frame), frame_size(frame)))
        frame_destroy(ctypes.byref(frame))
    msg_destroy(ctypes.byref(msg))
    return frames


def tell(type, **more):
    print(json.dumps({"type": type, **more}), flush=True)


def wait_for_the_end():
    sys.stdin.read()
    os._exit(0)


set_interface(interface.encode())
beacon = actor_new(ctypes.cast(czmq.zbeacon, pointer), None)
set_handler(None)
say(b"CONFIGURE", udp.encode())
name = hear()
if not name[0]:  # it has complained on standard error
    os._exit(1)
mine = b"ZRE\x01" + bytes.fromhex(uuid) + struct.pack("!H", int(tcp))
say(b"SUBSCRIBE", b"")
say(b"PUBLISH", mine, b"1000")
tell("READY", addr=name[0].decode())
threading.Thread(target=wait_for_the_end, daemon=True).start()
while True:
    source, body = hear()
    tell("BEACON", addr=source.decode(), hex=body.hex())
