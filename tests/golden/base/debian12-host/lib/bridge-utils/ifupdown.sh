#!/bin/sh
# of bridge-utils
