# What filemq works with where neither a file nor the command line says
# something else. `filemq run FILE` does what sections say, in their order; the
# server is bound last. Any section may have an echo: it is printed.

server
    monitor = 1             # seconds until each directory is read anew, whatever the system told of changes
    heartbeat = 1           # seconds of silence until a client is asked for a sign of life
    # expired = 5           # seconds of silence until a client is forgotten; else five heartbeats
    clients = 10000         # how many are served at most
    # cache = FOLDER        # keeps digests from one run to the next; else the user's own cache does

# publish                   # any number of these: directories that are offered
#     location = DIRECTORY
#     virtual = /           # under which path
#     nolinks = 0           # 1: files that end with .ln are no links
#     group = NAME          # for accounts of this group alone; may be repeated

security
    # anonymous = 1         # everybody may come in; else this is so if there is no account
    plain
        # account           # any number of these: who may log in
        #     login = NAME
        #     password = SECRET
        #     group = NAME

bind
    endpoint = tcp://*:5670 # where the server listens; port * is any that is free

client
    # inbox = DIRECTORY     # where files arrive
    resync = 0              # 1: everything that is there, not just changes from now on
    mirror = 0              # 1: what the server does not have is deleted here, too
    # login = NAME
    # password = SECRET
    window = 4MB            # what a server may send ahead of the disk; as much memory is needed for each server
    heartbeat = 1           # seconds of silence until a server is asked for a sign of life
    # expired = 5           # seconds of silence until a server counts as dead; else five heartbeats
    queue = 1000            # events that wait for a slow reader

# connect                   # any number of these: servers
#     endpoint = tcp://HOST:5670

# subscribe                 # any number of these: paths to receive
#     path = /
#     resync = 1            # else as in client, and so is mirror
