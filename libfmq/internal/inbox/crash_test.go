package inbox

const receiveInto = "INBOX_TEST_RECEIVE"

func receiveForever(string) {}
