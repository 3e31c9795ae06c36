package filemq

const windows = true
